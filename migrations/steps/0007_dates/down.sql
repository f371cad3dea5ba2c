do $$
declare c record;
begin
  for c in select conrelid::regclass as tbl, conname from pg_constraint
    where connamespace = 'public'::regnamespace and contype = 'c' and conname like '%\_in\_range' loop
    execute format('alter table %s drop constraint %I', c.tbl, c.conname);
  end loop;
end $$;
