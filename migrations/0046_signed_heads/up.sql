-- Heads of the audit's chain are signed with a key that is not in the database, so that whoever can write
-- the database cannot make a chain anew. Heads from before have no signature until somebody adopts them.

alter table audit_heads add column key_id text, add column signature bytea;
alter table audit_heads add constraint audit_heads_signed check ((key_id is null) = (signature is null));
comment on column audit_heads.key_id is 'The master key from which the signing key is derived.';

create table audit_adoptions (
  last_seq bigint primary key references audit_heads,
  hash bytea not null,
  adopted_at timestamptz not null,
  key_id text not null,
  signature bytea not null
);
comment on table audit_adoptions is 'Up to this head an operator has vouched for heads without a signature and for odd times.';
create trigger audit_adoptions_append_only before update or delete or truncate on audit_adoptions
  for each statement execute function refuse_change();
grant select, insert on audit_adoptions to toldonce_app;
