-- The audit, and minutes that were issued, take new rows and refuse every change, whoever asks (R24).

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create or replace trigger audit_events_append_only before update or delete or truncate on audit_events
  for each statement execute function refuse_change();
create or replace trigger audit_chain_append_only before update or delete or truncate on audit_chain
  for each statement execute function refuse_change();
create or replace trigger audit_heads_append_only before update or delete or truncate on audit_heads
  for each statement execute function refuse_change();
create or replace trigger minutes_versions_stay before update or delete on minutes_versions
  for each row when (old.status = 'issued') execute function refuse_change();
create or replace trigger minutes_versions_stay_whole before truncate on minutes_versions
  for each statement execute function refuse_change();
create or replace trigger minutes_parts_stay_whole before update or truncate on minutes_parts
  for each statement execute function refuse_change();
create or replace trigger audit_adoptions_append_only before update or delete or truncate on audit_adoptions
  for each statement execute function refuse_change();
