-- The roles stay: they belong to the cluster.
do $$
declare t record;
begin
  for t in select tablename, policyname from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on %I', t.policyname, t.tablename);
  end loop;
  for t in select relname from pg_class
    where relnamespace = 'public'::regnamespace and relrowsecurity loop
    execute format('alter table %I disable row level security', t.relname);
  end loop;
end $$;
revoke all on all tables in schema public from toldonce_app, toldonce_match;
revoke usage on schema public from toldonce_app, toldonce_match;
