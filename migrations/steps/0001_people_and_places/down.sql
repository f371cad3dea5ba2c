drop table applied_functions, installation, idempotency_keys, failed_sign_ins, guesses,
  known_networks, refresh_tokens, sessions, address_changes, invitations, pending_grants, role_grants,
  registered_actors, api_clients, absences, marac_agencies, users, agencies, maracs;
drop collation english;

-- `migrate` brings the functions again.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and not exists (select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') loop
    execute format('drop routine %s', f.name);
  end loop;
end $$;
