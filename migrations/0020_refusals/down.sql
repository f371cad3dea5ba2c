drop index audit_events_refused;
