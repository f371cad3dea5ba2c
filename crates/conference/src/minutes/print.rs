//! Minutes on paper, in the order of SafeLives' checklist (SL11).

use super::MinutesStatus;
use super::answer::{MinutesCaseOut, MinutesOut};
use super::model::{MinutesAction, MinutesAttendee, MinutesFrame, MinutesHearing};
use crate::hearing::{RiskFactor, Safeguard};
use crate::meetings::AttendanceRole;
use casework::actions::ActionStatus;
use paper::{Block, Document, PrintedFor, Section, capital, words};
use practice::dates::{written_day as day, written_moment as moment};

const CONFIDENTIAL: &str = "These minutes are strictly confidential. They are kept under the meeting's \
    confidentiality statement, used for the safety of the people they are about, and neither copied nor \
    passed on without the agreement of the agencies concerned. Nothing in them is told to a person who \
    causes harm, or to anybody close to them.";

/// The minutes as this reader has them.
pub fn document(minutes: &MinutesOut, reader: PrintedFor) -> Document {
    let frame = &minutes.frame;
    let mut sections = vec![meeting(minutes), attendance(frame)];
    sections.extend(outstanding(minutes));
    for case in &minutes.cases {
        if let Some(heard) = &case.heard {
            sections.push(hearing(frame, case, heard));
        } else if !case.notes.is_empty() {
            let mut section = Section::new(format!("Notes on {}", case.case_code));
            section.running = Some(format!("Case {}", case.case_code));
            case.notes.iter().for_each(|note| section.text(note));
            sections.push(section);
        }
    }
    sections.extend(lapsed(minutes));
    let mut other = Section::new("Any other business");
    other.text(frame.any_other_business.as_deref().unwrap_or("None."));
    other.under("Notes", frame.notes.iter().cloned());
    sections.push(other);
    Document {
        title: format!(
            "Minutes of the {} MARAC, {}",
            frame.marac,
            day_of(frame.starts_at)
        ),
        marking: frame.marking.clone(),
        reader,
        sections,
    }
}

fn day_of(at: chrono::DateTime<chrono::Utc>) -> String {
    day(at.with_timezone(&chrono_tz::Europe::London).date_naive())
}

fn meeting(minutes: &MinutesOut) -> Section {
    let (frame, version) = (&minutes.frame, &minutes.version);
    let mut section = Section::new("The meeting");
    if version.status != MinutesStatus::Issued {
        let status = words(version.status.as_str());
        let notice = format!("{status}. Not issued: for coordinator and chair alone.");
        section.blocks.push(Block::Notice(notice));
    }
    section.blocks.push(Block::Notice(CONFIDENTIAL.to_owned()));
    section.facts([
        ("MARAC", Some(frame.marac.clone())),
        ("Date", Some(moment(frame.starts_at))),
        ("Kind", Some(words(frame.kind.as_str()))),
        ("Held", Some(words(frame.mode.as_str()))),
        ("Place", frame.place.clone()),
        ("Began", frame.started_at.map(moment)),
        ("Ended", frame.ended_at.map(moment)),
        ("Version", Some(version.number.to_string())),
        (
            "Approved by",
            step(&version.approved_by, version.approved_at),
        ),
        ("Issued by", step(&version.issued_by, version.issued_at)),
        (
            "Due",
            Some(day(version.due_on)).filter(|_| version.late.is_some()),
        ),
        (
            "In time",
            version
                .late
                .map(|late| if late { "No, late" } else { "Yes" }.to_owned()),
        ),
    ]);
    let corrections = version.corrections.iter().map(|one| {
        let of = one
            .case_id
            .and_then(|id| minutes.cases.iter().find(|case| case.case_id == id))
            .map_or("The meeting", |case| &case.case_code);
        format!("{of}: {} Why: {}", one.what, one.why)
    });
    section.list("What this version corrects", corrections.collect());
    section
}

fn step(by: &Option<String>, at: Option<chrono::DateTime<chrono::Utc>>) -> Option<String> {
    let at = moment(at?);
    Some(match by {
        Some(name) => format!("{name}, {at}"),
        None => at,
    })
}

fn attendance(frame: &MinutesFrame) -> Section {
    let mut section = Section::new("Attendance");
    let name = |one: &MinutesAttendee| one.name.clone().unwrap_or_else(|| "Not named".into());
    let yes = |yes: bool| if yes { "Yes" } else { "No" }.to_owned();
    let came = |one: &MinutesAttendee| {
        let (role, accepted) = (words(one.role.as_str()), yes(one.statement_accepted));
        vec![one.agency.clone(), name(one), role, accepted]
    };
    let columns = [
        ("Agency", 4),
        ("Name", 4),
        ("As", 3),
        ("Statement accepted", 2),
    ];
    section.table("Present", &columns, frame.present.iter().map(came));
    section.table("Observers", &columns, frame.observers.iter().map(came));
    let apologies = frame.apologies.iter().map(|one| {
        let received = one.received_on.map_or_else(|| "Not recorded".into(), day);
        vec![
            one.agency.clone(),
            name(one),
            yes(one.information_sent),
            received,
        ]
    });
    let columns = [
        ("Agency", 4),
        ("Name", 4),
        ("Information sent", 2),
        ("Received", 3),
    ];
    section.table("Apologies", &columns, apologies);
    let mut absent: Vec<_> = frame.absent.iter().map(|one| one.agency.clone()).collect();
    absent.dedup();
    section.list("Absent", absent);
    if section.blocks.is_empty() {
        section.text("No attendance was recorded.");
    }
    section
}

/// Actions left over, those not done apart from those not possible (R28).
fn outstanding(minutes: &MinutesOut) -> Option<Section> {
    let mut section = Section::new("Outstanding actions");
    let groups: [(&str, &[ActionStatus]); 3] = [
        (
            "Open past their day",
            &[ActionStatus::Open, ActionStatus::InProgress],
        ),
        ("Not done", &[ActionStatus::NotDone]),
        (
            "Not possible, circumstances changed",
            &[ActionStatus::NotPossible],
        ),
    ];
    for (caption, statuses) in groups {
        let rows = minutes.cases.iter().flat_map(|case| {
            let actions = case.outstanding.iter();
            actions
                .filter(|one| statuses.contains(&one.status))
                .map(|one| {
                    let status = match &one.reason {
                        Some(reason) => format!("{}: {reason}", words(one.status.as_str())),
                        None => words(one.status.as_str()),
                    };
                    let (text, owner) = (one.text.clone(), one.owner.clone());
                    vec![case.case_code.clone(), text, owner, day(one.due_on), status]
                })
        });
        let columns = [
            ("Case", 5),
            ("Action", 9),
            ("Owner", 6),
            ("Due", 4),
            ("Status", 6),
        ];
        section.table(caption, &columns, rows);
    }
    (!section.blocks.is_empty()).then_some(section)
}

fn hearing(frame: &MinutesFrame, case: &MinutesCaseOut, heard: &MinutesHearing) -> Section {
    let heading = match case.number {
        Some(number) => format!("Case {number}: {}", case.case_code),
        None => format!("Deferred: {}", case.case_code),
    };
    let mut section = Section::new(heading);
    section.running = Some(format!("Case {}", case.case_code));
    let yes = |yes: bool| if yes { "Yes" } else { "No" }.to_owned();
    let list = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    section.facts([
        (capital(&frame.survivor_label), heard.survivor.clone()),
        (capital(&frame.perpetrator_label), list(&heard.perpetrators)),
        ("Children".into(), list(&heard.children)),
        ("Listed as".into(), Some(words(heard.kind.as_str()))),
        ("Added late".into(), heard.late.then(|| yes(true))),
        ("Decision".into(), Some(words(heard.status.as_str()))),
        ("Deferred to".into(), heard.deferred_to.map(moment)),
        ("Conflict of interest".into(), list(&heard.conflicts)),
    ]);
    section.list("Risk assessed", heard.risk.lines());
    let seats: Vec<_> = heard
        .seats
        .iter()
        .map(|seat| {
            let name = seat.name.as_deref().unwrap_or("not named");
            let guest = match seat.role {
                AttendanceRole::Guest => ", guest for this case",
                _ => "",
            };
            let time = |what: &str, at| {
                let at: Option<chrono::DateTime<chrono::Utc>> = at;
                at.map_or_else(String::new, |at| format!(", {what} {}", moment(at)))
            };
            let (joined, left) = (time("joined", seat.joined_at), time("left", seat.left_at));
            format!("{}: {name}{guest}{joined}{left}", seat.agency)
        })
        .collect();
    section.list("Joined and left", seats);
    let closed = |restricted: bool| if restricted { " (restricted)" } else { "" };
    section.under(
        "Information shared",
        heard.information.iter().map(|one| {
            let nature = one
                .nature
                .map_or_else(String::new, |nature| format!(" ({})", nature.as_str()));
            format!(
                "{}{nature}{}: {}",
                one.agency,
                closed(one.restricted),
                one.text
            )
        }),
    );
    section.under(
        &format!("Views of the {}", frame.survivor_label),
        heard
            .views
            .iter()
            .map(|one| format!("{}{}: {}", one.agency, closed(one.restricted), one.text)),
    );
    for (heading, factor) in [
        ("Risk: harm", RiskFactor::Harm),
        ("Risk: contributory factors", RiskFactor::Contributory),
        ("Risk: protective factors", RiskFactor::Protective),
    ] {
        let of = heard.risks.iter().filter(|one| one.factor == factor);
        let texts: Vec<_> = of
            .map(|one| format!("{}{}", one.text, closed(one.restricted)))
            .collect();
        section.list(heading, texts);
    }
    section.under(
        "Safeguards",
        heard.safeguards.iter().map(|one| {
            let what = safeguard(one.safeguard);
            let decision = one.decision.as_str().replace('_', " ");
            let closed = closed(one.restricted);
            match one.text.as_str() {
                "" => format!("{what}, {decision}{closed}"),
                text => format!("{what}, {decision}{closed}: {text}"),
            }
        }),
    );
    section.under(
        "Crimes disclosed",
        heard.crimes.iter().map(|one| {
            let wish = words(one.police_wish.as_str());
            format!(
                "{}{} Wish about the police: {wish}.",
                one.text,
                closed(one.restricted)
            )
        }),
    );
    section.under("Outcome", heard.outcome.clone());
    section.under("Reason", heard.reason.clone());
    section.under("Notes", case.notes.iter().cloned());
    actions(&mut section, &heard.actions);
    section
}

/// A safeguard in words; some are known by their letters.
fn safeguard(one: Safeguard) -> String {
    match one {
        Safeguard::Mappa
        | Safeguard::Mace
        | Safeguard::Dvds
        | Safeguard::Matac
        | Safeguard::Iom => one.as_str().to_uppercase(),
        _ => words(one.as_str()),
    }
}

fn actions(section: &mut Section, actions: &[MinutesAction]) {
    if actions.is_empty() {
        section.text("No action was agreed.");
        return;
    }
    let rows = actions.iter().map(|one| {
        let kind = words(one.category.as_str());
        vec![one.text.clone(), one.owner.clone(), day(one.due_on), kind]
    });
    let columns = [("Action", 10), ("Owner", 6), ("Due", 4), ("Kind", 5)];
    section.table("Actions agreed", &columns, rows);
}

fn lapsed(minutes: &MinutesOut) -> Option<Section> {
    let rows = minutes
        .cases
        .iter()
        .filter_map(|case| Some(vec![case.case_code.clone(), day(case.lapsed_on?)]));
    let mut section = Section::new("Cases past twelve months");
    let caption = "Flags may be taken off unless there is another reason to keep them";
    section.table(caption, &[("Case", 1), ("Twelve months ended", 2)], rows);
    (!section.blocks.is_empty()).then_some(section)
}
