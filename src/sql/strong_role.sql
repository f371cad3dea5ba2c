-- Whether row-level security does not bind this role: a superuser, one that bypasses it, or the tables' owner.
select r.rolsuper
  or r.rolbypassrls
  or exists (
    select from pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relname = 'cases'
      and pg_has_role(r.oid, c.relowner, 'usage')) as strong
from pg_roles r
where r.rolname = current_user
