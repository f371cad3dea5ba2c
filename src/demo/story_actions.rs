//! The actions of the story, from agreement to the chair's word.

use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::{Action, Case, Report};
use super::load::{LoadError, Teller, Who};
use super::story::{Story, remember};
use super::words::ActionStatus;
use kernel::policy::Role;

impl Story<'_> {
    pub(super) async fn agree(
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
        let by = Who::Person(self.keeper(case)?);
        let made = teller
            .post(by, &format!("/cases/{case_id}/actions"), body)
            .await?;
        remember(teller, "action", &key, &made);
        Ok(())
    }

    pub(super) async fn report(
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

    pub(super) async fn resolve(
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
    pub(super) async fn word(
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
}
