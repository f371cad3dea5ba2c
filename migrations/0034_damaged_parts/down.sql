do $$
declare
  c record;
begin
  for c in select conrelid::regclass::text as tbl, conname::text as name from pg_constraint
    where contype = 'c' and conname like '%\_in\_range' and connamespace = 'public'::regnamespace
  loop
    execute format('alter table %s drop constraint %I', c.tbl, c.name);
  end loop;
end $$;
drop function bound_dates(text, text, text);
drop function record_damage(uuid[], uuid[], text[], text[], uuid[], text[], timestamptz);
drop function damage_stands(text, text, uuid, text);
drop table bounded_dates;
drop table damaged_parts;
