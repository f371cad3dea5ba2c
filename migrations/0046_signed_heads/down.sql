drop table audit_adoptions;
alter table audit_heads drop column key_id, drop column signature;
