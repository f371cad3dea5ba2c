-- A part of minutes is added or deleted only while its version is a draft.
create or replace function minutes_part_of_draft() returns trigger
language plpgsql security definer set search_path = public as $$
declare v_version uuid := case when tg_op = 'INSERT' then new.version_id else old.version_id end;
begin
  if not exists (select from minutes_versions v where v.id = v_version and v.status = 'draft') then
    raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return case when tg_op = 'INSERT' then new else old end;
end $$;
create or replace trigger minutes_parts_stay before insert or delete on minutes_parts
  for each row execute function minutes_part_of_draft();

revoke execute on function minutes_part_of_draft from public;
