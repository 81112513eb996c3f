# The library that each unit test tests: its subject.

# quiniela_tests_of(LIBRARY NAME…): unit/test_NAME.c is about the library.
macro(quiniela_tests_of library)
    foreach(name ${ARGN})
        set(subject_of_${name} ${library})
    endforeach()
endmacro()

quiniela_tests_of(base settings settings_files settings_texts log path clock error signals log_gap log_json log_limit
    log_queue log_text counters queue fair share utf8 moment zone random checksum translate memory)
quiniela_tests_of(cli http_options settings_commands voided page_template draws control_connection served_store sample export
    kept_paths foreign_keys output_file status status_advice status_heard upgrading damage recording check
    restore_signed client_log file_check prove prove_own package bench_report top_layout top_memory top_screen
    translated_help)
quiniela_tests_of(manual manual_text)
quiniela_tests_of(bet errors bet chunk)
quiniela_tests_of(wire message_memory frame foreign json_arrays json_text json_writer control_line chunk_writer message
    message_fields reply reply_fields signed_fields)
quiniela_tests_of(ledger ledger_memory ledger_rows ledger_counters ledger_cost listing lists row_cache continuity
    ledger_shared ledger_order_shared orders_shared unknown_shared resets resets_shared known_shared resend
    told_shared ledger ledger_faults ledger_orders order_previews cutoff_clock settling terms worker pulse orders
    winners turn notice trial signing signing_folder signing_memory receipts sealed_tree sealing sealing_again
    sealing_memory sealing_secret other_seal paper_taking paper_proof number_counts)
quiniela_tests_of(agency vectors reader reader_seek comparison csv_diagnosis backoff address route
    dialogue coming_back sending promises promises_changed promises_memory promised_dialogue
    promised_first told_winners trust any_message kept_files)
quiniela_tests_of(link link link_failing given_up)
quiniela_tests_of(lib lib_steps lib_options)
quiniela_tests_of(http http http_bounds http_budget http_host http_streams)
quiniela_tests_of(keys authority)
quiniela_tests_of(tls tls_resumed tls_refused tls_chain tls_memory tls_alerts tls_damaged tls_hellos plain_records)
quiniela_tests_of(store store store_rows store_erase store_papers store_voided cutoff_shared store_shared
    layout_shared store_address store_calls store_drop steps_shared draws_shared store_watch store_version sqlite_ask sqlite_gone
    sqlite filing inbox inbox_damage inbox_memory sync filing_failing sqlite_gather sqlite_log sqlite_beside
    checkpoint postgres_parameters reach unfinished)
quiniela_tests_of(board board_reading board_shared board_answers board_events board_values)
quiniela_tests_of(control control silence)
quiniela_tests_of(net watch connections back_pressure tls_end closing arrival ports lookup handshake_turns
    handshake_memory room_elsewhere net_memory turns hello closings peers exposure place)
quiniela_tests_of(stream output transport writer)
quiniela_tests_of(board health metrics)
quiniela_tests_of(service answers proofs proofs_memory requests admission service_memory flow refusals lines doubt)
quiniela_tests_of(audit audit audit_budget audit_file audit_lock audit_lost recorded)
quiniela_tests_of(confine confine confine_modules confine_network)
quiniela_tests_of(claims claims claims_package)
quiniela_tests_of(prove output_folder prove_page tree_paths)
quiniela_tests_of(report report_page report_parts report_servers report_signing night_log orders_told)
quiniela_tests_of(notary notary folder_draft folder_sync commit_receipts seal_json)
quiniela_tests_of(seal seal_hash seal_vkey)
quiniela_tests_of(bench histogram bench_sender bench_driver bench_answers bench_channel bench_hold bench_central
    payload polling)
