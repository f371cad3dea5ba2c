//! Every key that is named exists, and sits where it may.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::super::caseload::Caseload;
use super::super::cases::{Action, Case, DemoItem};
use super::super::places::{Agency, Meeting, User};
use super::super::words::{
    ActionStatus, AgendaItemStatus, DecisionKind, Presence, RegisteredKind, ReturnStatus,
};
use super::todays;
use kernel::policy::Role;

/// What the caseload names, by key, on one day.
struct ByKey<'a> {
    load: &'a Caseload,
    today: NaiveDate,
    agencies: HashMap<&'a str, &'a Agency>,
    users: HashMap<&'a str, &'a User>,
    meetings: HashMap<&'a str, &'a Meeting>,
}

fn by_key<'a, T>(all: &'a [T], key: impl Fn(&'a T) -> &'a String) -> HashMap<&'a str, &'a T> {
    let found: HashMap<_, _> = all.iter().map(|one| (key(one).as_str(), one)).collect();
    assert_eq!(found.len(), all.len(), "a key is there twice");
    found
}

impl<'a> ByKey<'a> {
    fn of(load: &'a Caseload, today: NaiveDate) -> Self {
        by_key(&load.maracs, |marac| &marac.code);
        by_key(&load.users, |user| &user.email);
        by_key(&load.cases, |case| &case.key);
        Self {
            load,
            today,
            agencies: by_key(&load.agencies, |agency| &agency.key),
            users: by_key(&load.users, |user| &user.key),
            meetings: by_key(&load.meetings, |meeting| &meeting.key),
        }
    }

    /// The agency sits in that area.
    fn seat(&self, agency: &str, marac: &str, at: &str) {
        let maracs = self.agencies.get(agency).map(|agency| &agency.maracs);
        let seat = maracs.and_then(|seats| seats.iter().find(|seat| seat.marac == marac));
        assert!(seat.is_some(), "{at}: {agency} has no seat in {marac}");
    }

    fn user(&self, key: &str, at: &str) -> &'a User {
        self.users
            .get(key)
            .unwrap_or_else(|| panic!("{at}: no user {key}"))
    }

    fn holds(&self, key: &str, roles: &[Role], marac: &str, at: &str) {
        let held = self.user(key, at).roles.iter().any(|grant| {
            roles.contains(&grant.role) && grant.maracs.iter().any(|found| found == marac)
        });
        assert!(held, "{at}: {key} is none of {roles:?} in {marac}");
    }

    fn meeting(&self, key: &str, marac: &str, at: &str) -> &'a Meeting {
        let meeting = self
            .meetings
            .get(key)
            .unwrap_or_else(|| panic!("{at}: no meeting {key}"));
        assert_eq!(meeting.marac, marac, "{at}: {key}");
        meeting
    }
}

#[test]
fn every_key_that_is_named_exists() {
    for today in todays() {
        let load = Caseload::shipped(today).unwrap();
        let known = ByKey::of(&load, today);
        people(&known);
        meetings(&known);
        let mut before = HashSet::new();
        for case in &load.cases {
            referral(&known, case);
            case.agenda
                .iter()
                .for_each(|item| agenda(&known, case, item));
            case.actions
                .iter()
                .for_each(|found| action(&known, case, found));
            account(&known, case);
            closed_doors(&known, case);
            let previous = case.repeat_of.as_deref();
            assert!(
                previous.is_none_or(|key| before.contains(key)),
                "{}",
                case.key
            );
            before.insert(case.key.as_str());
        }
    }
}

fn people(known: &ByKey<'_>) {
    for user in &known.load.users {
        assert_eq!(user.email, user.email.to_lowercase());
        assert!(user.email.ends_with(".example"), "{}", user.key);
        for marac in user.roles.iter().flat_map(|grant| &grant.maracs) {
            known.seat(&user.agency, marac, &user.key);
        }
    }
    for client in &known.load.api_clients {
        assert!(known.user(&client.created_by, &client.key).administrator);
        for marac in client.roles.iter().flat_map(|grant| &grant.maracs) {
            known.seat(&client.agency, marac, &client.key);
        }
        for user in client.actors.iter().filter_map(|actor| actor.user.as_ref()) {
            assert_eq!(known.user(user, &client.key).agency, client.agency);
        }
        let services = client
            .actors
            .iter()
            .filter(|actor| actor.kind == RegisteredKind::Service);
        assert_eq!((services.count(), client.actors.len()), (1, 2));
    }
}

fn meetings(known: &ByKey<'_>) {
    for meeting in &known.load.meetings {
        let at = &meeting.key;
        known.holds(&meeting.chair, &[Role::Chair], &meeting.marac, at);
        for place in &meeting.attendance {
            known.seat(&place.agency, &meeting.marac, at);
            if let Some(user) = &place.user {
                assert_eq!(known.user(user, at).agency, place.agency, "{at}");
            }
            let came = place.presence == Presence::Present;
            assert_eq!(
                came, place.confidentiality_accepted,
                "{at}: {}",
                place.agency
            );
        }
    }
}

fn referral(known: &ByKey<'_>, case: &Case) {
    let Case { key, marac, .. } = case;
    known.seat(&known.user(&case.referrer, key).agency, marac, key);
    known.holds(
        &case.referrer,
        &[Role::Practitioner, Role::Idva, Role::Representative],
        marac,
        key,
    );
    if let Some(via) = &case.via {
        let client = known
            .load
            .api_clients
            .iter()
            .find(|client| client.key == via.client);
        let mut actors = client.iter().flat_map(|client| &client.actors);
        assert!(actors.any(|actor| actor.partner_ref == via.actor), "{key}");
    }
    if let Some(agency) = &case.co_agency {
        known.seat(agency, marac, key);
    }
    if let Some(lead) = &case.lead {
        known.holds(lead, &[Role::Idva], marac, key);
    }
    for decision in &case.decisions {
        let who: &[Role] = match decision.kind {
            DecisionKind::Withdrawn => &[Role::Practitioner, Role::Idva],
            _ => &[Role::Coordinator, Role::Chair],
        };
        known.holds(&decision.by, who, marac, key);
        assert!(
            decision.kind == DecisionKind::Accepted || decision.reason.is_some(),
            "{key}"
        );
        assert!(decision.on <= known.today, "{key}");
    }
    if let Some(challenge) = &case.challenge {
        assert_eq!(challenge.by, case.referrer, "{key}");
    }
    if let Some(closing) = &case.closed {
        known.holds(&closing.by, &[Role::Coordinator, Role::Chair], marac, key);
    }
}

fn agenda(known: &ByKey<'_>, case: &Case, item: &DemoItem) {
    let at = format!("{} at {}", case.key, item.meeting);
    known.meeting(&item.meeting, &case.marac, &at);
    if let Some(to) = &item.deferred_to {
        known.meeting(to, &case.marac, &at);
    }
    assert_eq!(
        item.deferred_to.is_some(),
        item.status == AgendaItemStatus::Deferred,
        "{at}"
    );
    for agency in &item.agencies {
        known.seat(agency, &case.marac, &at);
        if item.status == AgendaItemStatus::Listed {
            let seats = &known.agencies[agency.as_str()].maracs;
            let mut seats = seats.iter().filter(|seat| seat.marac == case.marac);
            let live = seats.all(|seat| seat.agreement_review_on > known.today);
            assert!(
                live,
                "{at}: {agency} is past its review and gets no new listing"
            );
        }
    }
    for research in &item.research {
        assert!(
            item.agencies.contains(&research.agency),
            "{at}: {}",
            research.agency
        );
        match &research.by {
            Some(by) if research.status == ReturnStatus::Exempt => {
                known.holds(by, &[Role::Coordinator], &case.marac, &at);
            }
            Some(by) => assert_eq!(known.user(by, &at).agency, research.agency, "{at}"),
            None => assert_eq!(research.status, ReturnStatus::Requested, "{at}"),
        }
    }
}

fn action(known: &ByKey<'_>, case: &Case, action: &Action) {
    let at = format!("{} {}", case.key, action.key);
    known.seat(&action.owner, &case.marac, &at);
    let meeting = known.meeting(&action.meeting, &case.marac, &at);
    assert!(action.due >= meeting.on, "{at}: due before it was agreed");
    let item = case
        .agenda
        .iter()
        .find(|item| item.meeting == action.meeting);
    let listed = item.is_some_and(|item| item.agencies.contains(&action.owner));
    assert!(listed, "{at}: not listed to {}", action.owner);
    if let Some(user) = &action.owner_user {
        assert_eq!(known.user(user, &at).agency, action.owner, "{at}");
    }
    let mut last = meeting.on;
    for report in &action.reports {
        assert!(
            report.on >= last && report.on <= known.today,
            "{at}: reports in order"
        );
        last = report.on;
        match report.status {
            ActionStatus::Superseded | ActionStatus::Cancelled => {
                known.holds(
                    &report.by,
                    &[Role::Chair, Role::Coordinator],
                    &case.marac,
                    &at,
                );
            }
            _ => assert_eq!(known.user(&report.by, &at).agency, action.owner, "{at}"),
        }
        let why = [ActionStatus::NotDone, ActionStatus::NotPossible].contains(&report.status);
        assert!(!why || report.reason.is_some(), "{at}: why not?");
    }
    let replaced = action.status() == ActionStatus::Superseded;
    assert_eq!(replaced, action.superseded_by.is_some(), "{at}");
    by_key(&case.actions, |action| &action.key);
    if let Some(next) = &action.superseded_by {
        assert!(
            case.actions.iter().any(|action| action.key == *next),
            "{at}"
        );
    }
}

fn account(known: &ByKey<'_>, case: &Case) {
    let at = &case.key;
    let first = serde_json::to_value(&case.referral.account).unwrap();
    let entries = by_key(&case.entries, |entry| &entry.key);
    let told = |key: &String| entries.contains_key(key.as_str()) || first[key].is_string();
    for entry in &case.entries {
        known.seat(&known.user(&entry.author, at).agency, &case.marac, at);
        assert!(
            entry.supersedes.as_ref().is_none_or(told),
            "{at}: {}",
            entry.key
        );
        assert!(entry.told_on <= known.today, "{at}: {}", entry.key);
    }
    for question in &case.questions {
        known.seat(&known.user(&question.by, at).agency, &case.marac, at);
        if let Some(answer) = &question.answer {
            let may = [Some(&answer.by), case.lead.as_ref()];
            assert!(
                may[0] == may[1] || answer.by == case.referrer,
                "{at}: {}",
                answer.by
            );
            assert!(
                answer.entries.iter().all(told),
                "{at}: {:?}",
                answer.entries
            );
            assert!(
                answer.on >= question.on && !answer.entries.is_empty(),
                "{at}"
            );
        }
    }
}

fn closed_doors(known: &ByKey<'_>, case: &Case) {
    let at = &case.key;
    for exclusion in &case.exclusions {
        assert_ne!(exclusion.user.is_some(), exclusion.agency.is_some(), "{at}");
        known.holds(&exclusion.set_by, &[Role::Coordinator], &case.marac, at);
        if let Some(user) = &exclusion.user {
            known.seat(&known.user(user, at).agency, &case.marac, at);
        }
        if let Some(agency) = &exclusion.agency {
            known.seat(agency, &case.marac, at);
        }
        if let Some(exempt) = &exclusion.exempt_user {
            assert_eq!(
                Some(&known.user(exempt, at).agency),
                exclusion.agency.as_ref(),
                "{at}"
            );
        }
    }
    if let Some(restriction) = &case.restricted {
        known.holds(&restriction.set_by, &[Role::Coordinator], &case.marac, at);
        for user in &restriction.named {
            known.seat(&known.user(user, at).agency, &case.marac, at);
        }
    }
}
