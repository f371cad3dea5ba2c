//! The demonstration's story in the order of its days.

use actix_web::http::Method;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::caseload::Caseload;
use super::cases::{Action, Case, Decision, Entry, Exclusion, Item, Report};
use super::load::{LoadError, Teller, Who, id_of};
use super::places::Meeting;
use super::words::{ActionStatus, AgendaItemStatus, DecisionKind, MeetingStatus, State};
use crate::policy::Role;

/// One thing that somebody does.
enum Step<'a> {
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

fn starts_at(meeting: &Meeting) -> DateTime<Utc> {
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

fn of_meeting<'a>(steps: &mut Steps<'a>, meeting: &'a Meeting) {
    let start = starts_at(meeting);
    steps.push((start - TimeDelta::days(60), 0, Step::Plan(meeting)));
    if let Some(day) = meeting.circulated_on {
        steps.push((on(day, 16, 0), 0, Step::Circulate(meeting)));
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
        let circulated = meeting.circulated_on.map(|day| on(day, 15, 0));
        let listed = circulated.map_or(accepted, |day| day.max(accepted)) + TimeDelta::minutes(30);
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

struct Story<'a> {
    caseload: &'a Caseload,
}

impl Story<'_> {
    async fn do_one(&self, teller: &mut Teller, step: &Step<'_>) -> Result<(), LoadError> {
        match step {
            Step::Plan(meeting) => self.plan(teller, meeting).await,
            Step::Circulate(meeting) => self.meeting(teller, meeting, "circulate").await,
            Step::Start(meeting) => self.meeting(teller, meeting, "start").await,
            Step::Close(meeting) => self.close(teller, meeting).await,
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
            Step::Decided(case, item) => self.decided(teller, case, item).await,
            Step::Agree(case, action) => self.agree(teller, case, action).await,
            Step::Write(case, entry) => self.write(teller, case, entry).await,
            Step::Report(case, action, report) => self.report(teller, case, action, report).await,
            Step::Resolve(case, action) => self.resolve(teller, case, action).await,
            Step::CloseCase(case) => self.close_case(teller, case).await,
        }
    }

    /// Who holds this role in a MARAC.
    fn holder(&self, marac: &str, role: Role) -> Result<&str, LoadError> {
        let holds = |user: &&super::places::User| {
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

    fn coordinator(&self, marac: &str) -> Result<&str, LoadError> {
        self.holder(marac, Role::Coordinator)
    }

    async fn plan(&self, teller: &mut Teller, meeting: &Meeting) -> Result<(), LoadError> {
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

    async fn meeting(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
        what: &str,
    ) -> Result<(), LoadError> {
        teller.step = format!("{what} {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let who = Who::Person(self.coordinator(&meeting.marac)?);
        teller.get(who, &format!("/meetings/{id}")).await?;
        teller
            .change(who, id, &format!("/meetings/{id}/{what}"), json!({}))
            .await?;
        Ok(())
    }

    /// Attendance is written down as the meeting ends.
    async fn close(&self, teller: &mut Teller, meeting: &Meeting) -> Result<(), LoadError> {
        teller.step = format!("attendance of {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let who = Who::Person(self.coordinator(&meeting.marac)?);
        for seat in &meeting.attendance {
            let agency = teller.known.id("agency", &seat.agency)?;
            let user = seat
                .user
                .as_deref()
                .map(|key| teller.known.id("user", key))
                .transpose()?;
            let body = json!({
                "user_id": user,
                "role": seat.role,
                "presence": seat.presence,
                "information_sent": seat.information_sent,
            });
            let path = format!("/meetings/{id}/attendance/{agency}");
            teller
                .send(who, Method::PUT, &path, Some(body), Some("\"0\"".into()))
                .await?;
        }
        self.meeting(teller, meeting, "close").await
    }

    async fn refer(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        teller.step = format!("referring {}", case.key);
        let co_agency = case
            .co_agency
            .as_deref()
            .map(|key| teller.known.id("agency", key))
            .transpose()?;
        let body = json!({
            "marac_id": teller.known.id("marac", &case.marac)?,
            "urgent": case.urgent,
            "draft": case.state == State::Draft,
            "co_agency_id": co_agency,
            "external_ref": case.via.as_ref().map(|via| &via.external_ref),
            "referral": case.referral,
        });
        let who = match &case.via {
            Some(via) => Who::Client(&via.client, &via.actor),
            None => Who::Person(&case.referrer),
        };
        let made = teller.post(who, "/referrals", body).await?;
        remember(teller, "referral", &case.key, &made);
        note_case(teller, case, &made);
        Ok(())
    }

    /// Something done to a referral.
    async fn referral(
        &self,
        teller: &mut Teller,
        case: &Case,
        by: &str,
        what: &str,
        body: Value,
    ) -> Result<(), LoadError> {
        teller.step = format!("{what} of {}", case.key);
        let id = teller.known.id("referral", &case.key)?;
        let made = teller
            .change(
                Who::Person(by),
                id,
                &format!("/referrals/{id}/{what}"),
                body,
            )
            .await?;
        note_case(teller, case, &made);
        Ok(())
    }

    async fn decide(
        &self,
        teller: &mut Teller,
        case: &Case,
        decision: &Decision,
    ) -> Result<(), LoadError> {
        let reason = json!({ "reason": decision.reason });
        let (what, body) = match decision.kind {
            DecisionKind::Returned => ("return", reason),
            DecisionKind::NotAccepted => ("decline", reason),
            DecisionKind::Withdrawn => ("withdraw", reason),
            DecisionKind::Accepted => {
                let join = case
                    .repeat_of
                    .as_deref()
                    .map(|key| teller.known.id("case", key))
                    .transpose()?;
                ("accept", json!({ "join_case_id": join }))
            }
        };
        self.referral(teller, case, &decision.by, what, body).await
    }

    async fn challenge(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(challenge) = &case.challenge else {
            return Ok(());
        };
        self.referral(
            teller,
            case,
            &challenge.by,
            "challenge",
            json!({ "reason": challenge.text }),
        )
        .await
    }

    /// The case's version afresh: much may have changed it.
    async fn case_version(
        &self,
        teller: &mut Teller,
        by: &str,
        case: &Case,
    ) -> Result<Uuid, LoadError> {
        let id = teller.known.id("case", &case.key)?;
        let read = teller.get(Who::Person(by), &format!("/cases/{id}")).await?;
        if let Some(etag) = read["etag"].as_str().or(read["case"]["etag"].as_str()) {
            teller.known.etags.insert(id, etag.to_owned());
        }
        Ok(id)
    }

    async fn lead(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(lead) = &case.lead else {
            return Ok(());
        };
        teller.step = format!("lead of {}", case.key);
        let by = self.coordinator(&case.marac)?;
        let id = self.case_version(teller, by, case).await?;
        let user = self.caseload.users.iter().find(|user| user.key == *lead);
        let user = user.ok_or_else(|| LoadError::Unknown(format!("user {lead}")))?;
        let agency = teller.known.id("agency", &user.agency)?;
        let is_idva = user.roles.iter().any(|grant| grant.role == Role::Idva);
        let body = json!({
            "lead_user_id": teller.known.id("user", lead)?,
            "lead_agency_id": agency,
            "idva_agency_id": is_idva.then_some(agency),
        });
        let etag = teller.known.etags.get(&id).cloned();
        teller
            .send(
                Who::Person(by),
                Method::PATCH,
                &format!("/cases/{id}"),
                Some(body),
                etag,
            )
            .await?;
        Ok(())
    }

    async fn exclude(
        &self,
        teller: &mut Teller,
        case: &Case,
        exclusion: &Exclusion,
    ) -> Result<(), LoadError> {
        teller.step = format!("exclusion on {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let user = |key: &Option<String>| {
            key.as_deref()
                .map(|key| teller.known.id("user", key))
                .transpose()
        };
        let agency = exclusion
            .agency
            .as_deref()
            .map(|key| teller.known.id("agency", key))
            .transpose()?;
        let body = json!({
            "user_id": user(&exclusion.user)?,
            "agency_id": agency,
            "exempt_user_id": user(&exclusion.exempt_user)?,
            "reason": exclusion.reason,
        });
        teller
            .post(
                Who::Person(&exclusion.set_by),
                &format!("/cases/{id}/exclusions"),
                body,
            )
            .await?;
        Ok(())
    }

    async fn restrict(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(restriction) = &case.restricted else {
            return Ok(());
        };
        let id = self.case_version(teller, &restriction.set_by, case).await?;
        teller.step = format!("restriction of {}", case.key);
        let body = json!({
            "reason": restriction.reason,
            "named": teller.known.all("user", &restriction.named)?,
        });
        let etag = teller.known.etags.get(&id).cloned();
        let path = format!("/cases/{id}/restriction");
        teller
            .send(
                Who::Person(&restriction.set_by),
                Method::PUT,
                &path,
                Some(body),
                etag,
            )
            .await?;
        Ok(())
    }

    async fn list(&self, teller: &mut Teller, case: &Case, item: &Item) -> Result<(), LoadError> {
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
        let coordinator = self.coordinator(&case.marac)?;
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
        teller
            .post(
                Who::Person(by),
                &format!("/meetings/{meeting}/agenda"),
                body,
            )
            .await?;
        Ok(())
    }

    async fn decided(
        &self,
        teller: &mut Teller,
        case: &Case,
        item: &Item,
    ) -> Result<(), LoadError> {
        teller.step = format!("hearing {} at {}", case.key, item.meeting);
        let meeting = teller.known.id("meeting", &item.meeting)?;
        let case_id = teller.known.id("case", &case.key)?;
        let by = Who::Person(self.coordinator(&case.marac)?);
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

    async fn agree(
        &self,
        teller: &mut Teller,
        case: &Case,
        action: &Action,
    ) -> Result<(), LoadError> {
        let key = format!("{}/{}", case.key, action.key);
        teller.step = format!("agreeing {key}");
        let case_id = teller.known.id("case", &case.key)?;
        let owner_user = action
            .owner_user
            .as_deref()
            .map(|user| teller.known.id("user", user))
            .transpose()?;
        let body = json!({
            "text": action.text,
            "owner_agency_id": teller.known.id("agency", &action.owner)?,
            "owner_user_id": owner_user,
            "category": action.category,
            "target": action.target,
            "priority": action.priority,
            "due_on": action.due,
            "needs": action.needs,
            "meeting_id": teller.known.id("meeting", &action.meeting)?,
        });
        let by = Who::Person(self.coordinator(&case.marac)?);
        let made = teller
            .post(by, &format!("/cases/{case_id}/actions"), body)
            .await?;
        remember(teller, "action", &key, &made);
        Ok(())
    }

    async fn write(
        &self,
        teller: &mut Teller,
        case: &Case,
        entry: &Entry,
    ) -> Result<(), LoadError> {
        let key = format!("{}/{}", case.key, entry.key);
        teller.step = format!("account of {key}");
        let id = teller.known.id("case", &case.key)?;
        let mut body = json!({
            "sharing": entry.sharing,
            "told_on": entry.told_on,
            "how_told": entry.how_told,
            "text": entry.text,
        });
        let by = Who::Person(&entry.author);
        let earlier = match &entry.supersedes {
            Some(earlier) => self.entry(teller, case, entry, earlier).await?,
            None => None,
        };
        let path = match earlier {
            Some(earlier) => format!("/cases/{id}/account/{earlier}/versions"),
            None => {
                body["heading"] = json!(entry.heading);
                format!("/cases/{id}/account")
            }
        };
        let made = teller.post(by, &path, body).await?;
        remember(teller, "entry", &key, &made);
        Ok(())
    }

    /// The entry another one supersedes: by its key, or what the referral said under a heading. An
    /// agency supersedes only its own words; of another's it writes an entry beside them.
    async fn entry(
        &self,
        teller: &mut Teller,
        case: &Case,
        entry: &Entry,
        earlier: &str,
    ) -> Result<Option<Uuid>, LoadError> {
        if let Ok(id) = teller.known.id("entry", &format!("{}/{earlier}", case.key)) {
            return Ok(Some(id));
        }
        let agency = |key: &str| {
            self.caseload
                .users
                .iter()
                .find(|user| user.key == key)
                .map(|user| &user.agency)
        };
        if agency(&entry.author) != agency(&case.referrer) {
            return Ok(None);
        }
        let id = teller.known.id("case", &case.key)?;
        let account = teller
            .get(Who::Person(&entry.author), &format!("/cases/{id}/account"))
            .await?;
        let headings = account["headings"].as_array().cloned().unwrap_or_default();
        let under = headings
            .iter()
            .find(|heading| heading["heading"] == earlier);
        Ok(under.and_then(|heading| id_of(&heading["entries"][0])))
    }

    async fn report(
        &self,
        teller: &mut Teller,
        case: &Case,
        action: &Action,
        report: &Report,
    ) -> Result<(), LoadError> {
        let key = format!("{}/{}", case.key, action.key);
        teller.step = format!("report on {key}");
        let id = teller.known.id("action", &key)?;
        let decision = match report.status {
            ActionStatus::Superseded => "supersede",
            ActionStatus::Cancelled => "cancel",
            status => {
                let body = json!({ "status": status, "reason": report.reason });
                teller
                    .change(
                        Who::Person(&report.by),
                        id,
                        &format!("/actions/{id}/report"),
                        body,
                    )
                    .await?;
                return Ok(());
            }
        };
        let by = action
            .superseded_by
            .as_ref()
            .map(|other| format!("{}/{other}", case.key));
        let by = by.map(|key| teller.known.id("action", &key)).transpose()?;
        let reason = report.reason.clone();
        self.word(
            teller,
            case,
            id,
            json!({ "decision": decision, "reason": reason, "superseded_by": by }),
        )
        .await
    }

    async fn resolve(
        &self,
        teller: &mut Teller,
        case: &Case,
        action: &Action,
    ) -> Result<(), LoadError> {
        let key = format!("{}/{}", case.key, action.key);
        teller.step = format!("resolving {key}");
        let unresolved = matches!(
            action.status(),
            ActionStatus::NotDone | ActionStatus::NotPossible
        );
        if !unresolved {
            return Ok(());
        }
        let id = teller.known.id("action", &key)?;
        self.word(
            teller,
            case,
            id,
            json!({ "decision": "accept", "reason": "Accepted by the chair." }),
        )
        .await
    }

    /// The chair's word on an action.
    async fn word(
        &self,
        teller: &mut Teller,
        case: &Case,
        id: Uuid,
        body: Value,
    ) -> Result<(), LoadError> {
        let chair = Who::Person(self.holder(&case.marac, Role::Chair)?);
        teller
            .change(chair, id, &format!("/actions/{id}/resolve"), body)
            .await?;
        Ok(())
    }

    async fn close_case(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(closed) = &case.closed else {
            return Ok(());
        };
        let id = self.case_version(teller, &closed.by, case).await?;
        teller.step = format!("closing {}", case.key);
        let body = json!({ "reason": "support_in_place", "notes": closed.reason });
        teller
            .change(
                Who::Person(&closed.by),
                id,
                &format!("/cases/{id}/close"),
                body,
            )
            .await?;
        Ok(())
    }
}

fn remember(teller: &mut Teller, kind: &'static str, key: &str, made: &Value) {
    if let Some(id) = id_of(made) {
        teller.known.ids.insert((kind, key.to_owned()), id);
    }
}

/// The file a referral stands in, which changes when it joins a case.
fn note_case(teller: &mut Teller, case: &Case, made: &Value) {
    if let Some(id) = made["case_id"].as_str().and_then(|text| text.parse().ok()) {
        teller.known.ids.insert(("case", case.key.clone()), id);
    }
}
