drop function recount_risk(uuid);
drop table risk_figures;
alter table referrals drop column not_asked_count, drop column maximum;
drop index cases_risk_due;
alter table cases drop column risk_due;
comment on column cases.score is null;
comment on column risk_assessments.score is null;
update risk_assessments set score = yes_count where score is null;
alter table risk_assessments
  drop column actor_id,
  drop column assessed_how,
  drop column tool_role,
  drop column maximum,
  alter column score set not null;
