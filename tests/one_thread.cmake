# What ThreadSanitizer need not look at, as it finds races of threads and nothing else: its build leaves these out. The
# simulations, the power cuts and the fuzz targets' seeds are left out there, too, and say so themselves.

# Unit tests that make no thread (unit/one_thread.c holds them to it).
set(one_thread
    address admission answers arrival audit_budget audit_lost authority back_pressure backoff bench_answers
    bench_central bench_report bench_sender bet bet_plain checkpoint checksum chunk chunk_writer clock closings
    comparison confine_modules confine_network connections control_line csv_diagnosis cutoff_clock dialogue doubt
    error errors exposure fair file_check flow foreign foreign_keys frame handshake_turns hello histogram http_host inbox
    json_text json_writer kept_paths lines log_gap log_json log_limit log_text lookup message message_fields
    message_memory moment net_memory output path payload peers place polling postgres_parameters pulse random reach
    reader_seek recorded recording refusals reply report requests room_elsewhere route row_cache sample seal_hash
    sending service_memory settings settings_commands settings_files settings_texts share signals silence
    sqlite_ask page_template prove_page
    sqlite_gather sqlite_log status_advice store_address store_drop store_version tls_alerts tls_chain tls_end
    tls_memory tls_refused tls_resumed transport tree_paths trust turns upgrading utf8 watch winners writer)

# End-to-end tests of commands, of which each has one thread, and of what a server does with its settings, with few
# connections or at its start. The servers' and agencies' threads meet each other in the other tests: of crowds, hostile
# clients, orders, restarts, shutdowns, drains, logs, TLS, databases, kills, and of whole lotteries and nights.
set(no_race
    agency_page agency_steps audit_places backup backup_shared binary closed_draw compose config cut
    database_language descriptors doctor echo exposure identity keys log_limit missing mistakes names original
    output page_client page_examples privileges refused_by_the_database restore service settings_kept status
    threats tls_words upgrade upgrade_files upgrade_shared upgrade_start usage view winners_file wrong_files)
