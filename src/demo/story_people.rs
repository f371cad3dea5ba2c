//! What passes between people in the story: the IDVA's contacts, questions on the account, inboxes.

use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::{Answered, Case, Question};
use super::load::{LoadError, Teller, Who, id_of};
use super::story::Story;
use kernel::policy::Role;

impl Story<'_> {
    /// The IDVA tries the survivor by a way that is marked safe, and hears what they want said.
    pub(super) async fn contact(
        &self,
        teller: &mut Teller,
        case: &Case,
        purpose: &str,
    ) -> Result<(), LoadError> {
        let Some(lead) = &case.lead else {
            return Ok(());
        };
        teller.step = format!("contact {purpose} of {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let who = Who::Person(lead);
        let parties = teller.get(who, &format!("/cases/{id}/parties")).await?;
        let mut people = parties["items"].as_array().into_iter().flatten();
        let survivor = people.find(|party| party["role"] == "survivor");
        let contacts = survivor.and_then(|party| party["contacts"].as_array());
        let phones = || {
            let all = contacts.into_iter().flatten();
            all.filter(|contact| contact["kind"] == "phone")
        };
        let call = phones().find(|contact| contact["safe_to_call"] == true);
        let text = phones().find(|contact| contact["safe_to_text"] == true);
        let (channel, contact) = match (call, text) {
            (Some(call), _) => ("call", id_of(call)),
            (None, Some(text)) => ("text", id_of(text)),
            (None, None) => ("in_person", None),
        };
        let views = case.agenda.iter().find_map(|item| item.views.as_ref());
        let body = json!({
            "purpose": purpose,
            "channel": channel,
            "contact_id": contact,
            "result": "reached",
            "views": views.filter(|_| purpose == "before_meeting"),
            "told": (purpose == "feedback").then_some("What was agreed, who does it and by when."),
        });
        let path = format!("/cases/{id}/idva-contacts");
        teller.post(who, &path, body).await?;
        Ok(())
    }

    /// A question to the lead. Who can read an answer is sent to the account first, and asks only what
    /// does not stand there.
    pub(super) async fn ask(
        &self,
        teller: &mut Teller,
        case: &Case,
        (n, question): (usize, &Question),
    ) -> Result<(), LoadError> {
        teller.step = format!("question {n} on {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let who = Who::Person(&question.by);
        let path = format!("/cases/{id}/questions");
        let mut body = json!({ "heading": question.heading, "text": question.text });
        let (status, told) = teller
            .ask(who, Method::POST, &path, Some(body.clone()), None)
            .await?;
        let made = match status {
            409 if told["reason"] == "already_told" => {
                teller.get(who, &format!("/cases/{id}/account")).await?;
                if question.told {
                    return Ok(());
                }
                body["read"] = told["ids"].clone();
                teller.post(who, &path, body).await?
            }
            _ => teller.granted(&path, status, told)?,
        };
        super::story::remember(teller, "question", &format!("{}/{n}", case.key), &made);
        Ok(())
    }

    /// The lead takes a question into the next contact.
    pub(super) async fn take(
        &self,
        teller: &mut Teller,
        case: &Case,
        n: usize,
        answer: &Answered,
    ) -> Result<(), LoadError> {
        teller.step = format!("taking question {n} on {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let question = teller.known.id("question", &format!("{}/{n}", case.key))?;
        let etag = teller.known.etags.get(&question);
        let body = json!({ "questions": [{ "id": question, "etag": etag }] });
        let path = format!("/cases/{id}/questions/take");
        let taken = teller.post(Who::Person(&answer.by), &path, body).await?;
        if let Some(etag) = taken["items"][0]["etag"].as_str() {
            teller.known.etags.insert(question, etag.to_owned());
        }
        Ok(())
    }

    /// The lead answers: from the account, or with what the survivor was asked once for everybody.
    pub(super) async fn answer(
        &self,
        teller: &mut Teller,
        case: &Case,
        n: usize,
        answer: &Answered,
    ) -> Result<(), LoadError> {
        teller.step = format!("answering question {n} on {}", case.key);
        let id = teller.known.id("case", &case.key)?;
        let question = teller.known.id("question", &format!("{}/{n}", case.key))?;
        let who = Who::Person(&answer.by);
        let path = format!("/cases/{id}/questions/{question}");
        let told = { case.entries.iter() }
            .find(|entry| answer.survivor_asked && answer.entries.contains(&entry.key));
        if let Some(told) = told {
            let body = json!({
                "told": { "sharing": told.sharing, "told_on": told.told_on,
                    "how_told": told.how_told, "text": told.text },
                "open": true,
            });
            let path = format!("{path}/answer-anew");
            teller.change(who, question, &path, body).await?;
            return Ok(());
        }
        let account = teller.get(who, &format!("/cases/{id}/account")).await?;
        let entries: Vec<Uuid> = { answer.entries.iter() }
            .filter_map(|key| self.told(teller, case, &account, key))
            .collect();
        let body = json!({ "entries": entries, "open": entries });
        let path = format!("{path}/answer");
        teller.change(who, question, &path, body).await?;
        Ok(())
    }

    /// An entry by its key, or the first under a heading.
    fn told(&self, teller: &Teller, case: &Case, account: &Value, key: &str) -> Option<Uuid> {
        let entry = teller.known.id("entry", &format!("{}/{key}", case.key));
        entry.ok().or_else(|| {
            let mut headings = account["items"].as_array()?.iter();
            let under = headings.find(|heading| heading["heading"] == key)?;
            id_of(&under["entries"][0])
        })
    }

    /// Everybody reads their inbox: what came since is new to them.
    pub(super) async fn read_inboxes(&self, teller: &mut Teller) -> Result<(), LoadError> {
        teller.step = "reading inboxes".into();
        for user in &self.caseload.users {
            let who = Who::Person(&user.key);
            loop {
                let path = "/notifications?unread=true&limit=200";
                let page = teller.get(who, path).await?;
                let items = page["items"].as_array().into_iter().flatten();
                let ids: Vec<_> = items.map(|item| item["id"].clone()).collect();
                if ids.is_empty() {
                    break;
                }
                let body = json!({ "ids": ids });
                teller.post(who, "/notifications/read", body).await?;
            }
        }
        Ok(())
    }

    /// A case that passed twelve months lapses by the coordinator's decision, or the chair's over
    /// actions that are not done.
    pub(super) async fn lapse(&self, teller: &mut Teller, case: &Case) -> Result<(), LoadError> {
        let chair = self.holder(&case.marac, Role::Chair)?;
        let id = self.case_version(teller, chair, case).await?;
        teller.step = format!("lapse of {}", case.key);
        let body = json!({ "notes": "Nothing was heard in twelve months.",
            "open_actions_reason": "What is left is with the agency that has it." });
        let path = format!("/cases/{id}/lapse");
        teller.change(Who::Person(chair), id, &path, body).await?;
        Ok(())
    }
}
