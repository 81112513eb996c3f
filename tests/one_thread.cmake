# What ThreadSanitizer need not look at, as it finds races of threads and nothing else: its build leaves these out. The
# simulations, the power cuts and the fuzz targets' seeds are left out there, too, and say so themselves.

# Unit tests that make no thread (unit/one_thread.c holds them to it).
set(one_thread
    address admission answers any_message arrival audit_budget audit_lock audit_lost authority back_pressure backoff
    bench_answers bench_central bench_report bench_sender bet bet_plain board_events board_values checkpoint
    checksum chunk chunk_writer claims claims_package clock closings coming_back commit_receipts comparison
    confine_modules confine_network connections control_line csv_diagnosis cutoff_clock dialogue doubt error errors
    exposure fair file_check flow folder_draft folder_sync foreign foreign_keys frame handshake_memory
    handshake_turns hello histogram http_host inbox json_text json_writer kept_files kept_paths lines log_gap
    log_json log_limit log_text lookup manual_text message message_fields message_memory moment net_memory notary
    output output_folder page_template paper_proof path payload peers place plain_records polling postgres_parameters
    promised_dialogue promised_first promises promises_changed promises_memory proofs proofs_memory prove_page pulse
    random reach reader_seek recorded recording refusals reply reply_fields report requests room_elsewhere route
    row_cache sample seal_agencies seal_approval seal_data seal_encoding seal_hash seal_json seal_merkle seal_note
    seal_number seal_proof seal_pulse seal_receipt seal_rules seal_timestamp seal_vectors seal_vkey sending
    served_store service_memory settings settings_commands settings_files settings_texts share signals signed_fields
    silence sqlite_ask sqlite_gather sqlite_log status_advice status_heard store_address store_drop store_version
    tls_alerts tls_chain tls_damaged tls_end tls_hellos tls_memory tls_refused tls_resumed told_winners transport
    tree_paths trust turns unfinished upgrading utf8 watch winners writer zone)

# Unit tests that do the same again and again, once for each allocation that fails or each byte that is damaged: what their
# threads do, they do in other tests, too.
set(no_race_unit damage inbox_damage ledger_memory sealing_memory signing_memory)

# End-to-end tests of commands, of which each has one thread, and of what a server does with its settings, with few
# connections or at its start; of certificates, of the audit log and of the load generator, as tls, audit_files and unit tests have
# their threads. The servers' and agencies' threads meet each other in the other tests: of crowds, hostile
# clients, orders, restarts, shutdowns, drains, logs, TLS, databases, kills, and of whole lotteries and nights.
set(no_race
    agency_page agency_steps approve audit_places backup backup_shared bench binary cheating_central closed_draw
    compose config cut database_language descriptors doctor doctor_signed echo exposure identity keys log_limit
    missing mistakes names original output page_client page_examples privileges recount recount_hostile
    refused_by_the_database restore service settings_kept status threats tls_words trust upgrade upgrade_files
    upgrade_shared upgrade_start usage verify verify_both view winners_file wrong_files)
