//! A case and its meeting: what agencies found before it, what was said at it, the flags after it.

use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::{Case, DemoItem, Research};
use super::load::{LoadError, Teller, Who, id_of};
use super::places::Meeting;
use super::story::Story;
use super::words::{MeetingStatus, Presence, ReturnStatus};
use kernel::policy::Role;

/// A request nobody has answered yet.
const FRESH: &str = "\"1\"";

impl Story<'_> {
    /// The case's place on an agenda.
    pub(super) fn item(teller: &Teller, case: &Case, item: &DemoItem) -> Result<Uuid, LoadError> {
        teller
            .known
            .id("item", &format!("{} at {}", case.key, item.meeting))
    }

    pub(super) async fn research(
        &self,
        teller: &mut Teller,
        (case, item): (&Case, &DemoItem),
        research: &Research,
    ) -> Result<(), LoadError> {
        let Some(by) = &research.by else {
            return Ok(());
        };
        teller.step = format!("research of {} on {}", research.agency, case.key);
        let id = Self::item(teller, case, item)?;
        let agency = teller.known.id("agency", &research.agency)?;
        let path = format!("/agenda-items/{id}/research/{agency}");
        let (method, body) = match research.status {
            ReturnStatus::Exempt => (
                Method::PATCH,
                json!({ "exempt": true, "reason": research.withheld }),
            ),
            _ => (Method::PUT, returned(research)),
        };
        let etag = Some(FRESH.to_owned());
        teller
            .send(Who::Person(by), method, &path, Some(body), etag)
            .await?;
        Ok(())
    }

    /// What was said of a case, each thing by the one whose it is.
    pub(super) async fn said(
        &self,
        teller: &mut Teller,
        case: &Case,
        item: &DemoItem,
    ) -> Result<(), LoadError> {
        teller.step = format!("what was said of {} at {}", case.key, item.meeting);
        let id = Self::item(teller, case, item)?;
        let chair = Who::Person(self.holder(&case.marac, Role::Chair)?);
        let path = |what: &str| format!("/agenda-items/{id}/{what}");
        for research in &item.research {
            // Whoever was not there is read out by the coordinator.
            let there = self.seated(&item.meeting, &research.agency);
            let by = there.map_or_else(|| self.keeper(case), Ok)?;
            if let Some(text) = &research.shareable {
                let agency = teller.known.id("agency", &research.agency)?;
                let body = json!({ "agency_id": agency, "nature": "fact", "sharing": "marac", "text": text });
                teller
                    .post(Who::Person(by), &path("information"), body)
                    .await?;
            }
        }
        if let (Some(views), Some(lead)) = (&item.views, &case.lead) {
            let body = json!({ "sharing": "marac", "text": views });
            teller.post(Who::Person(lead), &path("views"), body).await?;
        }
        let risk = item.risk.iter().flat_map(|risk| {
            [
                ("harm", &risk.harms),
                ("contributory", &risk.contributory),
                ("protective", &risk.protective),
            ]
        });
        for (factor, text) in risk {
            let body = json!({ "factor": factor, "sharing": "marac", "text": text });
            teller.post(chair, &path("risks"), body).await?;
        }
        for one in &item.safeguards {
            let body = json!({ "safeguard": one.safeguard, "decision": one.decision,
                "sharing": "marac", "text": one.text });
            teller.post(chair, &path("safeguards"), body).await?;
        }
        if let Some(crime) = &item.crime {
            let body = json!({ "police_wish": crime.police_wish, "sharing": "restricted", "text": crime.text });
            teller.post(chair, &path("crimes"), body).await?;
        }
        Ok(())
    }

    /// Who sat at a meeting for an agency.
    pub(super) fn seated(&self, meeting: &str, agency: &str) -> Option<&str> {
        let meetings = &self.caseload.meetings;
        let seats = meetings
            .iter()
            .filter(|one| one.key == meeting)
            .flat_map(|one| &one.attendance);
        { seats }
            .find(|seat| seat.agency == agency && seat.presence == Presence::Present)
            .and_then(|seat| seat.user.as_deref())
    }

    /// The agencies that were there flag their records; after the latest meeting not all have yet.
    pub(super) async fn flag(
        &self,
        teller: &mut Teller,
        (case, item): (&Case, &DemoItem),
        meeting: &Meeting,
    ) -> Result<(), LoadError> {
        teller.step = format!("flags of {} after {}", case.key, item.meeting);
        let case_id = teller.known.id("case", &case.key)?;
        let keeper = Who::Person(self.keeper(case)?);
        let flags = teller
            .get(keeper, &format!("/cases/{case_id}/flags"))
            .await?;
        let latest = meeting.status == MeetingStatus::Held;
        let agencies = item.agencies.iter();
        for agency in agencies.step_by(if latest { 2 } else { 1 }) {
            let Some(by) = self.seated(&item.meeting, agency) else {
                continue;
            };
            let agency_id = teller.known.id("agency", agency)?;
            let mut asked = flags["items"].as_array().into_iter().flatten();
            let asked = asked
                .find(|flag| flag["agency_id"] == json!(agency_id) && flag["status"] == "asked");
            let Some(id) = asked.and_then(id_of) else {
                continue;
            };
            if let Some(etag) = asked.and_then(|flag| flag["etag"].as_str()) {
                teller.known.etags.insert(id, etag.to_owned());
            }
            let body = json!({ "system": self.system(agency) });
            let path = format!("/flags/{id}/place");
            teller.change(Who::Person(by), id, &path, body).await?;
        }
        Ok(())
    }

    /// Where an agency keeps its flags.
    fn system(&self, agency: &str) -> &'static str {
        let agencies = &self.caseload.agencies;
        let kind = agencies.iter().find(|one| one.key == agency);
        match kind.map(|one| one.kind.as_str()) {
            Some("police") => "Command and control",
            Some("housing") => "Tenancy records",
            Some("primary_care" | "secondary_care_acute" | "mental_health") => "Patient record",
            _ => "Case records",
        }
    }
}

/// A return as it is sent.
fn returned(research: &Research) -> Value {
    if research.private.is_none() && research.shareable.is_none() {
        return json!({ "nothing_known": true });
    }
    let held_back = research.withheld.iter();
    let held_back = held_back.map(|reason| json!({ "what": "An entry", "reason": reason }));
    json!({
        "agency_private": {
            "text": research.private,
            "withheld_items": held_back.collect::<Vec<_>>(),
        },
        "shareable": {
            "facts": research.shareable,
            "relevant_necessary_proportionate": true,
        },
    })
}
