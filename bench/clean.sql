-- Takes away what a run of submit_referral added, so that every run finds the same number of cases, and
-- takes back what one of agenda_build or research_return that was broken off left.
-- The record of who did what stays: rows are added to it, never removed.
\ir undo.sql
set session_replication_role = replica;
create temporary table added as select id from cases where status = 'intake';
analyze added;
delete from match_tokens using added where case_id = added.id;
delete from referral_counts using added where case_id = added.id;
delete from referrals using added where case_id = added.id;
delete from circle using added where case_id = added.id;
delete from data_keys using added where case_id = added.id;
delete from cases using added where cases.id = added.id;
drop table added;
vacuum (analyze) match_tokens, referral_counts, referrals, circle, data_keys, cases,
  agenda_items, agenda_listings, meetings, research_returns;
