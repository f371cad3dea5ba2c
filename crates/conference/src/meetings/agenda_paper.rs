//! The agenda as a document: what its reader gets as JSON, in the order of the meeting. First what is
//! not done (R21), then the list by code, so that no name stands on a page with another case's, then
//! each case on pages of its own.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::London;
use uuid::Uuid;

use super::agenda_view::{AgendaItemOut, AgendaOut, AgendaPerson, AgendaSessionOut, AgendaWarning};
use super::{AgendaItemStatus, AgendaSection, MeetingKind};
use casework::actions::{ActionPriority, ActionRowOut, ActionStatus, ActionTarget, Escalation};
use kernel::policy::lens::FieldGroup;
use paper::{Block, Document, PrintedFor, Section, capital, words};
use practice::dates::later;
use practice::dates::{written_day as day, written_moment as moment};
use practice::marac::settings::Labels;

/// What an agenda is printed from.
pub struct Paper<'a> {
    pub agenda: &'a AgendaOut,
    pub marac: &'a str,
    pub labels: &'a Labels,
    /// The names of its agencies, for a reader who gets to whom a case is listed.
    pub agencies: &'a HashMap<Uuid, String>,
}

impl Paper<'_> {
    /// The agenda for this reader.
    pub fn document(&self, reader: PrintedFor) -> Document {
        let mut sections = vec![self.meeting()];
        sections.extend(self.outstanding());
        sections.push(self.cases());
        sections.extend(self.alerts());
        sections.extend(self.taken_off());
        sections.extend(self.lapsing());
        sections.extend(self.numbered().map(|item| self.case(item)));
        let starts_at = self.agenda.meeting.starts_at.with_timezone(&London);
        Document {
            title: format!(
                "Agenda of the {} MARAC, {}",
                self.marac,
                day(starts_at.date_naive())
            ),
            marking: self.labels.marking.clone().into_string(),
            reader,
            sections,
        }
    }

    fn numbered(&self) -> impl Iterator<Item = &AgendaItemOut> {
        self.agenda
            .items
            .iter()
            .filter(|item| item.number.is_some())
    }

    fn meeting(&self) -> Section {
        let meeting = &self.agenda.meeting;
        let business = meeting.kind == MeetingKind::Business;
        let room = format!(
            "{} cases of {} minutes",
            meeting.capacity, meeting.minutes_per_case
        );
        let mut section = Section::new("The meeting");
        section.facts([
            ("MARAC", Some(self.marac.to_owned())),
            ("Starts", Some(moment(meeting.starts_at))),
            ("Kind", Some(words(meeting.kind.as_str()))),
            ("Held", Some(words(meeting.mode.as_str()))),
            ("Place", meeting.place.clone()),
            ("Planned for", (!business).then_some(room)),
            ("Circulated", meeting.circulated_at.map(moment)),
        ]);
        let warnings = self.agenda.warnings.iter().map(|one| self.warning(one));
        section.list("To look at before the meeting", warnings.collect());
        if !business {
            let order = [
                "Introductions",
                "Confidentiality statement, read and accepted",
                "Actions that were not completed",
                "Cases with children, then the others",
                "Alerts and cases past twelve months",
                "Any other business",
            ];
            section.list("Order of business", order.map(str::to_owned).to_vec());
        }
        section
    }

    fn warning(&self, warning: &AgendaWarning) -> String {
        let begun = self.agenda.meeting.started_at.is_some();
        let there = if begun { "here" } else { "expected" };
        match warning.code {
            "over_capacity" => {
                let minutes: i32 = self.numbered().map(|item| i32::from(item.minutes)).sum();
                let count = self.numbered().filter(|item| item.minutes > 0).count();
                format!(
                    "More is listed than this meeting can hear: {count} cases, {minutes} minutes."
                )
            }
            "idva_not_recorded" => {
                let ids = warning.items.as_deref().unwrap_or_default();
                let codes = self.numbered().filter(|item| ids.contains(&item.id));
                let codes: Vec<_> = codes.map(|item| item.case_code.as_str()).collect();
                format!("No IDVA referral is recorded for {}.", codes.join(", "))
            }
            "quorum_kind_missing" => {
                let kind = warning.agency_kind.as_deref().unwrap_or_default();
                let kind = match kind {
                    "idva" => "IDVA".to_owned(),
                    other => other.replace('_', " "),
                };
                format!("Quorum: no agency of the kind {kind} is {there}.")
            }
            "quorum_count_short" => {
                let lacking = warning.lacking.unwrap_or_default();
                format!("Quorum: {lacking} more agencies should be {there}.")
            }
            other => capital(&other.replace('_', " ")),
        }
    }

    /// What is not done, those not possible apart (R21, R28).
    fn outstanding(&self) -> Option<Section> {
        let mut section = Section::new("Outstanding actions");
        let groups: [(&str, &[ActionStatus]); 3] = [
            ("Not done, for the chair's word", &[ActionStatus::NotDone]),
            (
                "Not possible because circumstances changed, for the chair's word",
                &[ActionStatus::NotPossible],
            ),
            (
                "Due by the day of the meeting",
                &[ActionStatus::Open, ActionStatus::InProgress],
            ),
        ];
        for (caption, statuses) in groups {
            let actions = self.agenda.actions.iter();
            let of = actions.filter(|action| statuses.contains(&action.status));
            let columns = [
                ("Case", 6),
                ("Action", 11),
                ("Owner", 7),
                ("Due", 6),
                ("Carried over", 4),
                ("Stands", 6),
            ];
            section.table(caption, &columns, of.map(|action| self.action(action)));
        }
        (!section.blocks.is_empty()).then_some(section)
    }

    fn action(&self, action: &ActionRowOut) -> Vec<String> {
        let text = action.text.as_deref().unwrap_or("No longer held.");
        let about = match action.target {
            ActionTarget::Survivor => &self.labels.survivor,
            ActionTarget::Perpetrator => &self.labels.perpetrator,
            other => other.as_str(),
        };
        let kind = words(action.category.as_str());
        let mut stands = vec![match action.overdue {
            true => format!("{}, overdue", words(action.status.as_str())),
            false => words(action.status.as_str()),
        }];
        if action.priority != ActionPriority::Normal {
            stands.push(format!("{} priority", words(action.priority.as_str())));
        }
        if action.escalation != Escalation::None {
            let to = action.escalation.as_str().replace('_', " ");
            stands.push(format!("Escalated to {to}"));
        }
        vec![
            action.case_code.clone(),
            format!("{text}\n{kind}; about the {about}"),
            action.owner_agency.clone(),
            day(action.due_on),
            match action.carried_over {
                0 => "No".to_owned(),
                1 => "Once".to_owned(),
                times => format!("{times} times"),
            },
            stands.join("\n"),
        ]
    }

    /// The cases to be heard, session by session, with the breaks between.
    fn cases(&self) -> Section {
        let mut section = Section::new("Cases");
        let heard = self
            .numbered()
            .filter(|item| item.section != AgendaSection::Alerts);
        let heard: Vec<_> = heard.collect();
        if heard.is_empty() {
            section.text("No case is on this agenda for you.");
            return section;
        }
        let mut before: Option<&AgendaSessionOut> = None;
        for session in heard.chunk_by(|a, b| a.session == b.session) {
            let number = session.first().map(|item| item.session);
            let sessions = self.agenda.sessions.iter();
            let opened = { sessions }.find(|one| Some(one.number) == number);
            if let Some(opened) = opened {
                if let Some(pause) = before.and_then(|before| pause(before, opened)) {
                    section.text(pause);
                }
                section.blocks.push(Block::Heading(heading(opened)));
            }
            before = opened;
            // Who placed cases by hand may have mixed the parts of the list: the order is theirs.
            for part in session.chunk_by(|a, b| a.section == b.section) {
                let children = part
                    .iter()
                    .any(|item| item.section == AgendaSection::Children);
                let caption = match children {
                    true => "Cases with children",
                    false => "Cases of adults",
                };
                let rows = part.iter().map(|item| {
                    let code = item.case_code.clone();
                    vec![number_of(item), slot(item), code, listed_as(item)]
                });
                let columns = [("No.", 2), ("Time", 5), ("Case", 6), ("Listed as", 9)];
                section.table(caption, &columns, rows);
            }
        }
        section
    }

    /// Cases that are noted for flagging and not discussed.
    fn alerts(&self) -> Option<Section> {
        let alerts = self
            .numbered()
            .filter(|item| item.section == AgendaSection::Alerts);
        let rows = alerts.map(|item| {
            let late = if item.late { "Yes" } else { "No" }.to_owned();
            vec![number_of(item), item.case_code.clone(), late]
        });
        let mut section = Section::new("Alerts");
        let columns = [("No.", 2), ("Case", 6), ("Added late", 6)];
        section.table("Noted for flagging and not discussed", &columns, rows);
        (!section.blocks.is_empty()).then_some(section)
    }

    /// Cases that were on the list and are not heard here.
    fn taken_off(&self) -> Option<Section> {
        let off = self
            .agenda
            .items
            .iter()
            .filter(|item| item.number.is_none());
        let rows = off.map(|item| {
            let reason = item.remarks.as_ref().and_then(|said| said.reason.clone());
            let until = item.deferred_until.map(day);
            vec![
                item.case_code.clone(),
                words(item.status.as_str()),
                until.unwrap_or_default(),
                reason.unwrap_or_default(),
            ]
        });
        let mut section = Section::new("Taken off this list");
        let columns = [("Case", 6), ("Decision", 4), ("Until", 5), ("Reason", 9)];
        section.table("Deferred or withdrawn", &columns, rows);
        (!section.blocks.is_empty()).then_some(section)
    }

    /// Cases whose twelve months end before the next meeting (R14).
    fn lapsing(&self) -> Option<Section> {
        let rows = self
            .agenda
            .lapsing
            .iter()
            .map(|one| vec![one.case_code.clone(), day(one.lapses_on)]);
        let mut section = Section::new("Cases passing twelve months");
        let caption = "Twelve months without another referral end before the next meeting";
        section.table(caption, &[("Case", 1), ("Last day", 2)], rows);
        (!section.blocks.is_empty()).then_some(section)
    }

    fn case(&self, item: &AgendaItemOut) -> Section {
        let mut section = Section::new(format!("Case {}: {}", number_of(item), item.case_code));
        section.running = Some(format!("Case {}", item.case_code));
        let list = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join(", "));
        let decided = item.status != AgendaItemStatus::Listed;
        let said = item.remarks.as_ref();
        let recorded = item.idva_recorded.map(|recorded| yes(recorded).to_owned());
        let name = |id| self.agencies.get(id).cloned();
        let listed_to = item.agencies.iter().flatten().filter_map(name).collect();
        section.facts([
            ("Listed as", Some(words(item.kind.as_str()))),
            ("Time", Some(slot(item)).filter(|slot| !slot.is_empty())),
            ("Decision", decided.then(|| words(item.status.as_str()))),
            ("Added late", item.late.then(|| "Yes".to_owned())),
            ("Why late", said.and_then(|said| said.late_reason.clone())),
            ("Transferred from", item.transferred_from.clone()),
            ("Children", Some(yes(item.has_children).to_owned())),
            (
                "Criteria",
                list(item.criteria.iter().map(|one| words(one)).collect()),
            ),
            ("IDVA referral recorded", recorded),
            ("Listed to", list(listed_to)),
            ("Outcome", said.and_then(|said| said.outcome.clone())),
        ]);
        section.list("Risk assessed", item.risk.lines());
        let people = [
            (capital(&self.labels.survivor), item.survivor.as_slice()),
            (
                capital(&self.labels.perpetrator),
                item.perpetrators.as_slice(),
            ),
            ("Child".to_owned(), item.children.as_slice()),
        ];
        let rows = people.iter().flat_map(|(label, people)| {
            let row = |person| row(label, person);
            people.iter().map(row)
        });
        let columns = [
            ("As", 4),
            ("Name", 7),
            ("Also known as", 7),
            ("Date of birth", 4),
        ];
        section.table("People to search records for", &columns, rows);
        if item.withheld.contains(&FieldGroup::Identity) {
            section.text("Names are not shown to you.");
        }
        section
    }
}

const fn yes(yes: bool) -> &'static str {
    if yes { "Yes" } else { "No" }
}

fn number_of(item: &AgendaItemOut) -> String {
    item.number.map_or_else(String::new, |n| n.to_string())
}

fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&London).format("%H:%M").to_string()
}

/// From when to when a case is heard.
fn slot(item: &AgendaItemOut) -> String {
    match item.starts_at {
        Some(at) if item.minutes > 0 => {
            let until = later(at, TimeDelta::minutes(item.minutes.into()));
            format!("{} to {}", clock(at), clock(until))
        }
        _ => String::new(),
    }
}

/// Why a case is on the list, and that it came late (R16) or was transferred (R17).
fn listed_as(item: &AgendaItemOut) -> String {
    let mut out = words(item.kind.as_str());
    if item.late {
        out.push_str(", added late");
    }
    if let Some(from) = &item.transferred_from {
        out.push_str(&format!(", from {from}"));
    }
    out
}

fn heading(session: &AgendaSessionOut) -> String {
    let (number, from) = (session.number, clock(session.starts_at));
    match &session.heading {
        Some(heading) => format!("Session {number}, {heading}: from {from}"),
        None => format!("Session {number}: from {from}"),
    }
}

/// The break before a session, if nothing this reader does not see may lie in it.
fn pause(before: &AgendaSessionOut, next: &AgendaSessionOut) -> Option<String> {
    let follows = before.number + 1 == next.number && before.ends_at < next.starts_at;
    follows.then(|| {
        format!(
            "Break from {} to {}.",
            clock(before.ends_at),
            clock(next.starts_at)
        )
    })
}

fn row(label: &str, person: &AgendaPerson) -> Vec<String> {
    let identity = &person.identity;
    let name = identity.full_name();
    let born = identity.date_of_birth.map(|born| day(born.day()));
    vec![
        label.to_owned(),
        name.unwrap_or_else(|| "Not known".to_owned()),
        identity.aliases.join(", "),
        born.unwrap_or_else(|| "Not known".to_owned()),
    ]
}
