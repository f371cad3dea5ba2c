alter table referrals drop column idva_referral;
drop table agenda_sessions;
drop index cases_waiting, agenda_items_waiting;
alter table agenda_items drop column session, drop column deferred_until;
