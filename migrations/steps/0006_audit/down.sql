drop table audit_adoptions, audit_heads, audit_chain, audit_events;
