drop table audit_heads, audit_chain, audit_events;
drop function refuse_change();
