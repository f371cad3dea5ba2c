//! The demonstration's story in the order of its days.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::caseload::Caseload;
use super::cases::{
    Action, Answered, Case, Decision, DemoEntry, DemoItem, Exclusion, Question, Report, Research,
};
use super::load::{LoadError, Teller};
use super::places::Meeting;
use super::story::Story;
use super::words::{AgendaItemStatus, DecisionKind, MeetingStatus, State};
use practice::risk::flag_expires;

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
    List(&'a Case, &'a DemoItem),
    Split(&'a Meeting),
    Circulate(&'a Meeting),
    Research(&'a Case, &'a DemoItem, &'a Research),
    Start(&'a Meeting),
    Accept(&'a Meeting),
    Said(&'a Case, &'a DemoItem),
    Decided(&'a Case, &'a DemoItem),
    Agree(&'a Case, &'a Action),
    Close(&'a Meeting),
    Minutes(&'a Meeting, &'static str),
    Flag(&'a Case, &'a DemoItem, &'a Meeting),
    Contact(&'a Case, &'static str),
    Ask(&'a Case, usize, &'a Question),
    Take(&'a Case, usize, &'a Answered),
    Answer(&'a Case, usize, &'a Answered),
    Lapse(&'a Case),
    Write(&'a Case, &'a DemoEntry),
    Report(&'a Case, &'a Action, &'a Report),
    Resolve(&'a Case, &'a Action),
    CloseCase(&'a Case),
    /// Everybody reads what they were told.
    ReadInboxes,
    /// What the program does by itself.
    Night,
}

/// Nights of which the program's own work is shown.
const NIGHTS: i64 = 70;

/// Days of which nobody has read their inbox.
const UNREAD: i64 = 4;

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
        of_case(&mut steps, case, caseload, now);
    }
    steps.push((now - TimeDelta::days(UNREAD), 9, Step::ReadInboxes));
    for back in 0..NIGHTS {
        let day = (now - TimeDelta::days(back)).date_naive();
        steps.push((on(day, 5, 0), 0, Step::Night));
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
    on_day(meeting.on, meeting.at)
}

/// A time of a day where the MARACs are.
pub(super) fn on_day(day: NaiveDate, at: NaiveTime) -> DateTime<Utc> {
    let here = day.and_time(at);
    here.and_local_timezone(chrono_tz::Europe::London)
        .earliest()
        .map_or_else(|| here.and_utc(), |at| at.with_timezone(&Utc))
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
        if !meeting.sessions.is_empty() {
            steps.push((at - TimeDelta::minutes(5), 0, Step::Split(meeting)));
        }
    }
    if matches!(meeting.status, MeetingStatus::Held | MeetingStatus::Minuted) {
        steps.push((start, 0, Step::Start(meeting)));
        steps.push((start + TimeDelta::minutes(5), 0, Step::Accept(meeting)));
        steps.push((start + TimeDelta::hours(3), 3, Step::Close(meeting)));
        let drafted = start + TimeDelta::days(1);
        steps.push((drafted, 0, Step::Minutes(meeting, "draft")));
    }
    if meeting.status == MeetingStatus::Minuted {
        let approved = start + TimeDelta::hours(28);
        steps.push((approved, 0, Step::Minutes(meeting, "approve")));
        let issued = start + TimeDelta::hours(30);
        steps.push((issued, 0, Step::Minutes(meeting, "issue")));
    }
}

fn of_case<'a>(steps: &mut Steps<'a>, case: &'a Case, caseload: &'a Caseload, now: DateTime<Utc>) {
    // A draft has no date yet: it was begun yesterday.
    let begun = (now - TimeDelta::days(1)).date_naive();
    let referred = case.referral.referred_on.map_or(begun, NaiveDate::from);
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
        let contact = Step::Contact(case, "before_meeting");
        steps.push((accepted + TimeDelta::hours(22), 0, contact));
    }
    if case.state == State::Lapsed {
        let passed = flag_expires(referred, 12) + Days::new(7);
        steps.push((on(passed, 11, 0), 0, Step::Lapse(case)));
    }
    of_questions(steps, case);
    for exclusion in &case.exclusions {
        steps.push((on(exclusion.on, 13, 0), 0, Step::Exclude(case, exclusion)));
    }
    if let Some(restriction) = &case.restricted {
        steps.push((on(restriction.on, 13, 30), 0, Step::Restrict(case)));
    }
    let anew = |entry: &&DemoEntry| {
        let answers = case.questions.iter().filter_map(|one| one.answer.as_ref());
        { answers }.any(|one| one.survivor_asked && one.entries.contains(&entry.key))
    };
    // What the survivor was asked for is written down with the answer.
    for entry in case.entries.iter().filter(|entry| !anew(entry)) {
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
        let start = starts_at(meeting);
        steps.push((start + TimeDelta::hours(1), 1, Step::Decided(case, item)));
        for research in &item.research {
            let day = research.on.map(|day| on(day, 15, 0));
            let asked = listed.max(circulated_at(meeting).unwrap_or(listed));
            if let Some(day) = day {
                let at = day.max(asked + TimeDelta::minutes(30));
                let at = at.min(start - TimeDelta::minutes(10));
                steps.push((at, 0, Step::Research(case, item, research)));
            }
        }
        if item.status == AgendaItemStatus::Heard {
            steps.push((start + TimeDelta::minutes(30), 0, Step::Said(case, item)));
            let flagged = start + TimeDelta::hours(49);
            steps.push((flagged, 0, Step::Flag(case, item, meeting)));
            if case.lead.is_some() {
                let told = start + TimeDelta::hours(27);
                steps.push((told, 0, Step::Contact(case, "feedback")));
            }
        }
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

fn of_questions<'a>(steps: &mut Steps<'a>, case: &'a Case) {
    for (n, question) in case.questions.iter().enumerate() {
        // After the lists of the day have gone out.
        steps.push((on(question.on, 16, 45), 0, Step::Ask(case, n, question)));
        let Some(answer) = &question.answer else {
            continue;
        };
        let asked = on(question.on, 17, 30);
        if answer.survivor_asked {
            steps.push((asked, 0, Step::Take(case, n, answer)));
        }
        let answered = on(answer.on, 18, 0).max(asked + TimeDelta::minutes(10));
        steps.push((answered, 0, Step::Answer(case, n, answer)));
    }
}
