//! Telling the story: who does each step, and the meetings.

use serde_json::{Value, json};

use super::caseload::Caseload;
use super::cases::{Case, DemoItem};
use super::load::{LoadError, Teller, Who, id_of};
use super::places::{Meeting, User};
use super::steps::{Step, starts_at};
use super::words::AgendaItemStatus;
use kernel::policy::Role;

/// The story and who is in it.
pub(super) struct Story<'a> {
    pub(super) caseload: &'a Caseload,
}

impl Story<'_> {
    pub(super) async fn do_one(
        &self,
        teller: &mut Teller,
        step: &Step<'_>,
    ) -> Result<(), LoadError> {
        match step {
            Step::Plan(meeting) => self.plan(teller, meeting).await,
            Step::Circulate(meeting) => self.meeting(teller, meeting, "circulate").await,
            Step::Split(meeting) => self.split(teller, meeting).await,
            Step::Start(meeting) => self.meeting(teller, meeting, "start").await,
            Step::Accept(meeting) => self.accept(teller, meeting).await,
            Step::Close(meeting) => {
                self.seats(teller, meeting).await?;
                self.meeting(teller, meeting, "close").await
            }
            Step::Minutes(meeting, what) => self.minutes(teller, meeting, what).await,
            Step::Refer(case) => self.refer(teller, case).await,
            Step::Decide(case, decision) => self.decide(teller, case, decision).await,
            Step::SendAgain(case) => {
                self.referral(teller, case, &case.referrer, "submit", json!({}))
                    .await
            }
            Step::Challenge(case) => self.challenge(teller, case).await,
            Step::Lead(case) => self.lead(teller, case).await,
            Step::Exclude(case, exclusion) => self.exclude(teller, case, exclusion).await,
            Step::Restrict(case) => self.restrict(teller, case).await,
            Step::List(case, item) => self.list(teller, case, item).await,
            Step::Research(case, item, research) => {
                self.research(teller, (case, item), research).await
            }
            Step::Said(case, item) => self.said(teller, case, item).await,
            Step::Flag(case, item, meeting) => self.flag(teller, (case, item), meeting).await,
            Step::Decided(case, item) => self.decided(teller, case, item).await,
            Step::Agree(case, action) => self.agree(teller, case, action).await,
            Step::Write(case, entry) => self.write(teller, case, entry).await,
            Step::Report(case, action, report) => self.report(teller, case, action, report).await,
            Step::Resolve(case, action) => self.resolve(teller, case, action).await,
            Step::CloseCase(case) => self.close_case(teller, case).await,
            Step::Contact(case, purpose) => self.contact(teller, case, purpose).await,
            Step::Ask(case, n, question) => self.ask(teller, case, (*n, question)).await,
            Step::Take(case, n, answer) => self.take(teller, case, *n, answer).await,
            Step::Answer(case, n, answer) => self.answer(teller, case, *n, answer).await,
            Step::Lapse(case) => self.lapse(teller, case).await,
            Step::ReadInboxes => self.read_inboxes(teller).await,
            Step::Night => {
                teller.step = "a night".into();
                teller.night()
            }
        }
    }

    /// Who holds this role in a MARAC.
    pub(super) fn holder(&self, marac: &str, role: Role) -> Result<&str, LoadError> {
        let holds = |user: &&User| {
            user.roles
                .iter()
                .any(|grant| grant.role == role && grant.maracs.iter().any(|m| m == marac))
        };
        let found = self
            .caseload
            .users
            .iter()
            .find(holds)
            .map(|user| user.key.as_str());
        found.ok_or_else(|| LoadError::Unknown(format!("{} of {marac}", role.as_str())))
    }

    pub(super) fn coordinator(&self, marac: &str) -> Result<&str, LoadError> {
        self.holder(marac, Role::Coordinator)
    }

    /// The coordinator who keeps a case: of a restricted one, whoever restricted it.
    pub(super) fn keeper<'k>(&'k self, case: &'k Case) -> Result<&'k str, LoadError> {
        match &case.restricted {
            Some(restriction) => Ok(&restriction.set_by),
            None => self.coordinator(&case.marac),
        }
    }

    /// The coordinator who keeps a meeting: one to whom every case on it is open.
    fn keeper_of<'k>(&'k self, meeting: &'k Meeting) -> Result<&'k str, LoadError> {
        let listed = |case: &&Case| case.agenda.iter().any(|item| item.meeting == meeting.key);
        let mut closed = self.caseload.cases.iter().filter(listed);
        match closed.find_map(|case| case.restricted.as_ref()) {
            Some(restriction) => Ok(&restriction.set_by),
            None => self.coordinator(&meeting.marac),
        }
    }

    pub(super) async fn plan(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
    ) -> Result<(), LoadError> {
        teller.step = format!("planning {}", meeting.key);
        let body = json!({
            "marac_id": teller.known.id("marac", &meeting.marac)?,
            "kind": meeting.kind,
            "starts_at": starts_at(meeting),
            "mode": meeting.mode,
            "place": meeting.place,
            "minutes_per_case": meeting.minutes_per_case,
            "capacity": meeting.capacity,
        });
        let who = Who::Person(self.coordinator(&meeting.marac)?);
        let made = teller.post(who, "/meetings", body).await?;
        remember(teller, "meeting", &meeting.key, &made);
        Ok(())
    }

    pub(super) async fn meeting(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
        what: &str,
    ) -> Result<(), LoadError> {
        teller.step = format!("{what} {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let who = Who::Person(self.keeper_of(meeting)?);
        teller.get(who, &format!("/meetings/{id}")).await?;
        teller
            .change(who, id, &format!("/meetings/{id}/{what}"), json!({}))
            .await?;
        Ok(())
    }

    pub(super) async fn list(
        &self,
        teller: &mut Teller,
        case: &Case,
        item: &DemoItem,
    ) -> Result<(), LoadError> {
        // A case that was deferred to this meeting is on its agenda already.
        if case
            .agenda
            .iter()
            .any(|other| other.deferred_to.as_deref() == Some(&item.meeting))
        {
            return Ok(());
        }
        teller.step = format!("listing {} at {}", case.key, item.meeting);
        let meeting = teller.known.id("meeting", &item.meeting)?;
        let coordinator = self.keeper(case)?;
        let now = teller
            .get(Who::Person(coordinator), &format!("/meetings/{meeting}"))
            .await?;
        let late = now["status"] != "planned";
        let by = if late {
            self.holder(&case.marac, Role::Chair)?
        } else {
            coordinator
        };
        let body = json!({
            "case_id": teller.known.id("case", &case.key)?,
            "kind": item.kind,
            "agencies": teller.known.all("agency", &item.agencies)?,
            "late_reason": late.then_some("It cannot wait for the next meeting."),
        });
        let path = format!("/meetings/{meeting}/agenda");
        let made = teller.post(Who::Person(by), &path, body).await?;
        let key = format!("{} at {}", case.key, item.meeting);
        remember(teller, "item", &key, &made);
        Ok(())
    }

    pub(super) async fn decided(
        &self,
        teller: &mut Teller,
        case: &Case,
        item: &DemoItem,
    ) -> Result<(), LoadError> {
        teller.step = format!("hearing {} at {}", case.key, item.meeting);
        let meeting = teller.known.id("meeting", &item.meeting)?;
        let case_id = teller.known.id("case", &case.key)?;
        let by = Who::Person(self.keeper(case)?);
        let agenda = teller
            .get(by, &format!("/meetings/{meeting}/agenda"))
            .await?;
        let items = agenda["items"].as_array().cloned().unwrap_or_default();
        let found = items
            .iter()
            .find(|found| found["case_id"] == json!(case_id));
        let id = found
            .and_then(id_of)
            .ok_or_else(|| LoadError::Unknown(teller.step.clone()))?;
        if let Some(etag) = found.and_then(|found| found["etag"].as_str()) {
            teller.known.etags.insert(id, etag.to_owned());
        }
        let (what, body) = match item.status {
            AgendaItemStatus::Heard => ("hear", json!({})),
            AgendaItemStatus::AlertNoted => ("note-alert", json!({})),
            AgendaItemStatus::Withdrawn => ("withdraw", json!({ "reason": item.reason })),
            AgendaItemStatus::Deferred => {
                let to = item
                    .deferred_to
                    .as_deref()
                    .map(|key| teller.known.id("meeting", key))
                    .transpose()?;
                (
                    "defer",
                    json!({ "reason": item.reason, "to_meeting_id": to }),
                )
            }
            AgendaItemStatus::Listed => return Ok(()),
        };
        teller
            .change(by, id, &format!("/agenda-items/{id}/{what}"), body)
            .await?;
        Ok(())
    }
}

pub(super) fn remember(teller: &mut Teller, kind: &'static str, key: &str, made: &Value) {
    if let Some(id) = id_of(made) {
        teller.known.ids.insert((kind, key.to_owned()), id);
    }
}

/// The file a referral stands in, which changes when it joins a case.
pub(super) fn note_case(teller: &mut Teller, case: &Case, made: &Value) {
    if let Some(id) = made["case_id"].as_str().and_then(|text| text.parse().ok()) {
        teller.known.ids.insert(("case", case.key.clone()), id);
    }
}
