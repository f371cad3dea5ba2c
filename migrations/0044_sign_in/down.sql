drop function sweep_sign_in, guess_opens_at, guess_level, guess_limit;
alter table api_clients drop secret_version;
alter table sessions drop network, drop network_new, drop last_used_at;
drop table failed_sign_ins, known_networks, guesses;
