drop table pending_grants;
