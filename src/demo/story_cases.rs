//! What happens to a case of the story: referral, decisions, circle, account, end.

use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::{Case, Decision, DemoEntry, Exclusion};
use super::load::{LoadError, Teller, Who, id_of};
use super::story::{Story, note_case, remember};
use super::words::{DecisionKind, State};
use kernel::policy::Role;

impl Story<'_> {
    pub(super) async fn refer(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
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
    pub(super) async fn referral(
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

    pub(super) async fn decide(
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
                let why =
                    join.map(|_| "The same survivor and perpetrator, as the coordinator knows.");
                ("accept", json!({ "join_case_id": join, "reason": why }))
            }
        };
        self.referral(teller, case, &decision.by, what, body).await
    }

    pub(super) async fn challenge(
        &self,
        teller: &mut Teller,
        case: &Case,
    ) -> Result<(), LoadError> {
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
    pub(super) async fn case_version(
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

    pub(super) async fn lead(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(lead) = &case.lead else {
            return Ok(());
        };
        teller.step = format!("lead of {}", case.key);
        let by = self.keeper(case)?;
        let id = self.case_version(teller, by, case).await?;
        let user = self.caseload.users.iter().find(|user| user.key == *lead);
        let user = user.ok_or_else(|| LoadError::Unknown(format!("user {lead}")))?;
        let agency = teller.known.id("agency", &user.agency)?;
        let is_idva = user.roles.iter().any(|grant| grant.role == Role::Idva);
        let lead = teller.known.id("user", lead)?;
        let body = json!({ "lead_user_id": lead, "lead_agency_id": agency });
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
        if is_idva {
            let body = json!({ "agency_id": agency, "user_id": lead });
            let path = format!("/cases/{id}/idva");
            let (status, made) = teller
                .ask(Who::Person(by), Method::POST, &path, Some(body), None)
                .await?;
            // Of a case that was joined the service has it still.
            if made["reason"] != "already_allocated" {
                teller.granted(&path, status, made)?;
            }
        }
        Ok(())
    }

    pub(super) async fn exclude(
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
        let set_by = Who::Person(&exclusion.set_by);
        teller.step_up(set_by).await?;
        teller
            .post(set_by, &format!("/cases/{id}/exclusions"), body)
            .await?;
        Ok(())
    }

    pub(super) async fn restrict(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let Some(restriction) = &case.restricted else {
            return Ok(());
        };
        teller.step = format!("restriction of {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let path = format!("/cases/{id}/restriction");
        // A file that is not a case yet has its version here.
        let now = teller.get(Who::Person(&restriction.set_by), &path).await?;
        let etag = now["etag"].as_str().map(str::to_owned);
        let body = json!({
            "reason": restriction.reason,
            "named": teller.known.all("user", &restriction.named)?,
        });
        let set_by = Who::Person(&restriction.set_by);
        teller.step_up(set_by).await?;
        teller
            .send(set_by, Method::PUT, &path, Some(body), etag)
            .await?;
        Ok(())
    }

    pub(super) async fn write(
        &self,
        teller: &mut Teller,
        case: &Case,
        entry: &DemoEntry,
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
    pub(super) async fn entry(
        &self,
        teller: &mut Teller,
        case: &Case,
        entry: &DemoEntry,
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
        let headings = account["items"].as_array().cloned().unwrap_or_default();
        let under = headings
            .iter()
            .find(|heading| heading["heading"] == earlier);
        Ok(under.and_then(|heading| id_of(&heading["entries"][0])))
    }

    pub(super) async fn close_case(
        &self,
        teller: &mut Teller,
        case: &Case,
    ) -> Result<(), LoadError> {
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
