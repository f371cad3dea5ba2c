//! The demonstration's story in the order of its days.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::caseload::Caseload;
use super::cases::{Action, Case, Decision, Entry, Exclusion, Item, Report};
use super::load::{LoadError, Teller};
use super::places::Meeting;
use super::story::Story;
use super::words::{DecisionKind, MeetingStatus};

/// One thing that somebody does.
pub(super) enum Step<'a> {
    Plan(&'a Meeting),
    Refer(&'a Case),
    Decide(&'a Case, &'a Decision),
    SendAgain(&'a Case),
    Challenge(&'a Case),
    Lead(&'a Case),
    Exclude(&'a Case, &'a Exclusion),
    Restrict(&'a Case),
    List(&'a Case, &'a Item),
    Circulate(&'a Meeting),
    Start(&'a Meeting),
    Decided(&'a Case, &'a Item),
    Agree(&'a Case, &'a Action),
    Close(&'a Meeting),
    Write(&'a Case, &'a Entry),
    Report(&'a Case, &'a Action, &'a Report),
    Resolve(&'a Case, &'a Action),
    CloseCase(&'a Case),
}

/// Tells the whole story, day by day, up to `now`.
pub async fn tell(
    teller: &mut Teller,
    caseload: &Caseload,
    now: DateTime<Utc>,
) -> Result<(), LoadError> {
    let mut steps = Vec::new();
    for meeting in &caseload.meetings {
        of_meeting(&mut steps, meeting);
    }
    for case in &caseload.cases {
        of_case(&mut steps, case, caseload);
    }
    for (at, _, step) in &mut steps {
        // What belongs to today has happened already, whatever the hour.
        if *at > now && at.date_naive() <= now.date_naive() && !matches!(step, Step::Start(_)) {
            *at = now;
        }
    }
    steps.retain(|(at, _, _)| *at <= now);
    steps.sort_by_key(|(at, rank, _)| (*at, *rank));
    let story = Story { caseload };
    for (at, _, step) in &steps {
        teller.at(*at);
        story.do_one(teller, step).await?;
    }
    Ok(())
}

type Steps<'a> = Vec<(DateTime<Utc>, u8, Step<'a>)>;

fn on(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    day.and_hms_opt(hour, minute, 0)
        .unwrap_or_default()
        .and_utc()
}

/// When a meeting begins, where the MARACs are.
pub(super) fn starts_at(meeting: &Meeting) -> DateTime<Utc> {
    meeting
        .on
        .and_time(meeting.at)
        .and_local_timezone(chrono_tz::Europe::London)
        .earliest()
        .map_or_else(
            || meeting.on.and_time(meeting.at).and_utc(),
            |at| at.with_timezone(&Utc),
        )
}

/// In the afternoon; an emergency meeting's list goes out as late as an hour before.
fn circulated_at(meeting: &Meeting) -> Option<DateTime<Utc>> {
    let latest = starts_at(meeting) - TimeDelta::hours(1);
    meeting.circulated_on.map(|day| on(day, 16, 0).min(latest))
}

fn of_meeting<'a>(steps: &mut Steps<'a>, meeting: &'a Meeting) {
    let start = starts_at(meeting);
    steps.push((start - TimeDelta::days(60), 0, Step::Plan(meeting)));
    if let Some(at) = circulated_at(meeting) {
        steps.push((at, 0, Step::Circulate(meeting)));
    }
    if matches!(meeting.status, MeetingStatus::Held | MeetingStatus::Minuted) {
        steps.push((start, 0, Step::Start(meeting)));
        steps.push((start + TimeDelta::hours(3), 3, Step::Close(meeting)));
    }
}

fn of_case<'a>(steps: &mut Steps<'a>, case: &'a Case, caseload: &'a Caseload) {
    let referred = case.referral.referred_on.unwrap_or_default();
    steps.push((on(referred, 9, 30), 0, Step::Refer(case)));
    let mut again = false;
    let mut accepted = on(referred, 9, 30);
    for decision in &case.decisions {
        let at = on(decision.on, 12, 0);
        if again {
            steps.push((at - TimeDelta::hours(2), 0, Step::SendAgain(case)));
        }
        again = decision.kind == DecisionKind::Returned;
        if decision.kind == DecisionKind::Accepted {
            accepted = at;
        }
        steps.push((at, 0, Step::Decide(case, decision)));
    }
    if let Some(challenge) = &case.challenge {
        steps.push((on(challenge.on, 15, 0), 0, Step::Challenge(case)));
    }
    if case.lead.is_some() && case.state.accepted() {
        steps.push((accepted + TimeDelta::minutes(10), 0, Step::Lead(case)));
    }
    for exclusion in &case.exclusions {
        steps.push((on(exclusion.on, 13, 0), 0, Step::Exclude(case, exclusion)));
    }
    if let Some(restriction) = &case.restricted {
        steps.push((on(restriction.on, 13, 30), 0, Step::Restrict(case)));
    }
    for entry in &case.entries {
        let at = on(entry.told_on, 17, 0).max(accepted + TimeDelta::minutes(20));
        steps.push((at, 0, Step::Write(case, entry)));
    }
    let meeting_of = |key: &str| caseload.meetings.iter().find(|meeting| meeting.key == key);
    for item in &case.agenda {
        let Some(meeting) = meeting_of(&item.meeting) else {
            continue;
        };
        let before = circulated_at(meeting).map(|at| at - TimeDelta::minutes(30));
        let listed = before.map_or(accepted, |at| at.max(accepted)) + TimeDelta::minutes(15);
        steps.push((listed, 0, Step::List(case, item)));
        steps.push((
            starts_at(meeting) + TimeDelta::hours(1),
            1,
            Step::Decided(case, item),
        ));
    }
    for action in &case.actions {
        let Some(meeting) = meeting_of(&action.meeting) else {
            continue;
        };
        let agreed = starts_at(meeting) + TimeDelta::hours(2);
        steps.push((agreed, 2, Step::Agree(case, action)));
        for (n, report) in (0..).zip(&action.reports) {
            let at = on(report.on, 16, 0) + TimeDelta::minutes(n);
            steps.push((
                at.max(agreed + TimeDelta::hours(2)),
                4,
                Step::Report(case, action, report),
            ));
        }
        if let Some(last) = action.reports.last().filter(|_| action.resolved) {
            steps.push((on(last.on, 17, 30), 5, Step::Resolve(case, action)));
        }
    }
    if let Some(closed) = &case.closed {
        steps.push((on(closed.on, 17, 45), 6, Step::CloseCase(case)));
    }
}
