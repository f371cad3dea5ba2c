-- Risk is kept for each tool apart. A supplement or a part no longer takes the place of a complete
-- assessment, and what was not scored is null.

alter table risk_assessments
  alter column score drop not null,
  add column maximum smallint,
  add column tool_role text not null default 'threshold' check (tool_role in ('threshold', 'supplement')),
  add column assessed_how text not null default 'unknown'
    check (assessed_how in ('face_to_face', 'phone', 'online', 'without_survivor', 'unknown')),
  add column actor_id uuid references registered_actors;
create index risk_assessments_actor on risk_assessments (actor_id) where actor_id is not null;
comment on column risk_assessments.score is 'Yes answers of a scored tool; null where nothing was scored.';
comment on column risk_assessments.maximum is 'The highest score the tool can give; null for one that is not scored.';

alter table cases add column risk_due boolean not null default false;
create index cases_risk_due on cases (id) where risk_due;
comment on column cases.score is 'The first figure in risk_figures of the leading tool.';
comment on column cases.risk_due is 'The figures of risk are to be worked out anew from the sealed answers.';

alter table referrals
  add column maximum smallint,
  add column not_asked_count smallint;

-- What the assessments of a case come to, tool by tool, the leading tool first: worked out by one rule
-- (`risk::figures`) whenever an assessment is recorded, so that lists read it and open no answers.
create table risk_figures (
  case_id uuid not null references cases,
  number smallint not null,
  marac_id uuid not null references maracs,
  place text not null check (place in ('standing', 'raised', 'higher_before', 'beside')),
  leads boolean not null,
  assessment_id uuid not null references risk_assessments,
  score smallint,
  answered_count smallint not null,
  not_asked_count smallint not null,
  primary key (case_id, number)
);
create index risk_figures_marac on risk_figures (marac_id);
create index risk_figures_assessment on risk_figures (assessment_id);
alter table risk_figures enable row level security;
create policy second_lock on risk_figures to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);
grant select, insert, delete on risk_figures to toldonce_app;

-- Another threshold tool leads in a MARAC: the figures of its cases are worked out anew, also of cases
-- that are closed to whoever changed the setting. It answers nothing.
create function recount_risk(p_marac uuid) returns void
language sql security definer set search_path = public as $$
  update cases c set risk_due = true
  where c.marac_id = p_marac
    and p_marac = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
    and exists (select from risk_assessments a where a.case_id = c.id)
$$;
revoke execute on function recount_risk from public;
grant execute on function recount_risk to toldonce_app;

-- Rows that are there already.

update risk_assessments set tool_role = 'supplement' where tool = 's_dash';
update risk_assessments set maximum = yes_count + no_count + dont_know_count + not_asked_count
  where yes_count + no_count + dont_know_count + not_asked_count > 0;
update risk_assessments set score = null where yes_count + no_count + dont_know_count = 0;

-- Who made it: an assessment that came with a referral was put down to whoever accepted the referral.
update risk_assessments a set created_by = r.submitted_by, actor_id = r.actor_id
  from referrals r where r.id = a.referral_id;

-- A complete assessment takes the place of the complete one of the same tool before it, and of no other.
update risk_assessments a set supersedes_id = case when a.score is not null and a.not_asked_count = 0 then (
    select b.id from risk_assessments b
    where b.case_id = a.case_id and b.tool = a.tool and b.score is not null and b.not_asked_count = 0
      and (b.assessed_on, b.created_at, b.id) < (a.assessed_on, a.created_at, a.id)
    order by b.assessed_on desc, b.created_at desc, b.id desc limit 1) end;

update referrals r set score = null where r.tool is not null and exists (
  select from risk_assessments a where a.referral_id = r.id and a.score is null);
update referrals set score = null where tool = 'safelives_yp';
update referrals r set maximum = a.maximum, not_asked_count = a.not_asked_count
  from risk_assessments a where a.referral_id = r.id;
update referrals set maximum = case tool when 'safelives_dash' then 24 when 's_dash' then 11 end
  where maximum is null and tool in ('safelives_dash', 's_dash');

-- No criterion is lost by a later referral or a lower score (R4).
update cases c set criteria = found.criteria
  from (select c.id, array(
      select x.name from unnest(array['visible_high_risk', 'professional_judgement',
        'potential_escalation', 'repeat']) with ordinality as x(name, n)
      where x.name = any (c.criteria)
        or exists (select from referrals r where r.case_id = c.id and r.status = 'accepted'
          and x.name = any (r.criteria))
        or (x.name = 'visible_high_risk' and exists (select from risk_assessments a
          where a.case_id = c.id and a.tool = 'safelives_dash'
            and a.score >= coalesce((m.settings ->> 'high_risk_threshold')::smallint, 14)))
      order by x.n) as criteria
    from cases c join maracs m on m.id = c.marac_id where c.opened_at is not null) found
  where found.id = c.id and found.criteria <> c.criteria;

-- The figures, as far as plain columns tell them: what a part raises needs the answers, which the
-- program opens afterwards for the cases marked as due. Until then a part counts by its own yes answers.
with scored as (
  select a.*, (a.not_asked_count = 0) as complete from risk_assessments a where a.score is not null),
standing as (
  select distinct on (case_id, tool) s.* from scored s
  order by case_id, tool, complete desc, case when complete then assessed_on end desc nulls last,
    score desc, assessed_on desc, created_at desc, id desc),
unscored as (
  select distinct on (case_id, tool) a.*, false as complete from risk_assessments a
  where a.score is null and not exists (select from standing s where s.case_id = a.case_id and s.tool = a.tool)
  order by case_id, tool, assessed_on desc, created_at desc, id desc),
tools as (
  select t.*, row_number() over (partition by case_id order by
      (score is not null and tool_role = 'threshold') desc, complete desc, (tool = 'safelives_dash') desc,
      assessed_on desc, id) as tool_number
  from (select * from standing union all select * from unscored) t),
later as (
  select s.*, t.score as standing_score, t.tool_number from scored s
  join tools t on t.case_id = s.case_id and t.tool = s.tool and t.id <> s.id
  where (not t.complete) or s.assessed_on >= t.assessed_on),
earlier as (
  select distinct on (s.case_id, s.tool) s.*, t.tool_number from scored s
  join tools t on t.case_id = s.case_id and t.tool = s.tool
  where t.complete and s.assessed_on < t.assessed_on and s.score > t.score
  order by s.case_id, s.tool, s.score desc, s.assessed_on desc, s.id desc),
figures as (
  select case_id, marac_id, id, score, yes_count + no_count + dont_know_count as answered,
    not_asked_count, tool_number, 1 as place_number, 'standing' as place, assessed_on from tools
  union all select * from (
    select distinct on (case_id, tool) case_id, marac_id, id, score, yes_count + no_count + dont_know_count,
      not_asked_count, tool_number, 2, 'raised', assessed_on from later where score > standing_score and not complete
    order by case_id, tool, score desc, assessed_on desc, id desc) r
  union all select case_id, marac_id, id, score, yes_count + no_count + dont_know_count,
    not_asked_count, tool_number, 3, 'higher_before', assessed_on from earlier
  union all select case_id, marac_id, id, score, yes_count + no_count + dont_know_count,
    not_asked_count, tool_number, 4, 'beside', assessed_on from later)
insert into risk_figures (case_id, number, marac_id, place, leads, assessment_id, score, answered_count, not_asked_count)
select f.case_id, row_number() over (partition by f.case_id order by f.tool_number, f.place_number, f.assessed_on desc, f.id),
  f.marac_id, f.place,
  f.tool_number = 1 and exists (select from tools t where t.case_id = f.case_id and t.tool_number = 1
    and t.score is not null and t.tool_role = 'threshold'),
  f.id, f.score, f.answered, f.not_asked_count
from figures f;

update cases c set score = (select f.score from risk_figures f
    where f.case_id = c.id and f.leads and f.place = 'standing')
  where exists (select from risk_assessments a where a.case_id = c.id);
update cases c set risk_due = true
  where exists (select from risk_assessments a where a.case_id = c.id and a.tool not in ('safelives_dash', 's_dash'))
    or (select count(*) from risk_assessments a where a.case_id = c.id) > 1;
