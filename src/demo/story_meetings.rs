//! Meetings of the story beyond their agenda: sessions, the confidentiality statement, minutes.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::load::{LoadError, Teller, Who};
use super::places::{Attendance, Meeting};
use super::steps::on_day;
use super::story::Story;
use kernel::policy::Role;

impl Story<'_> {
    /// The list is split into sessions: cases with children in theirs, the others in the other.
    pub(super) async fn split(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
    ) -> Result<(), LoadError> {
        teller.step = format!("splitting {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let who = Who::Person(self.coordinator(&meeting.marac)?);
        let path = format!("/meetings/{id}/agenda");
        let agenda = teller.get(who, &path).await?;
        let items = |children: bool| -> Vec<&Value> {
            let items = agenda["items"].as_array().into_iter().flatten();
            let here = items.filter(|item| (item["section"] == "children") == children);
            here.map(|item| &item["id"]).collect()
        };
        let sessions = meeting.sessions.iter().map(|session| {
            json!({
                "heading": session.heading,
                "starts_at": on_day(meeting.on, session.at),
                "items": items(session.children),
            })
        });
        let body = json!({ "sessions": sessions.collect::<Vec<_>>() });
        let etag = agenda["meeting"]["etag"].as_str().map(str::to_owned);
        let path = format!("{path}/sessions");
        teller
            .send(who, Method::PUT, &path, Some(body), etag)
            .await?;
        Ok(())
    }

    /// Those who came accept the statement, each for themselves, and so take their seats.
    pub(super) async fn accept(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
    ) -> Result<(), LoadError> {
        teller.step = format!("the statement of {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let path = format!("/meetings/{id}/confidentiality");
        let mut version = None;
        for seat in meeting.attendance.iter().filter(|seat| accepts(seat)) {
            let Some(user) = &seat.user else { continue };
            let who = Who::Person(user);
            if version.is_none() {
                version = Some(teller.get(who, &path).await?["version"].clone());
            }
            teller
                .post(who, &path, json!({ "version": version }))
                .await?;
        }
        Ok(())
    }

    /// What the coordinator writes down of those who did not come.
    pub(super) async fn seats(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
    ) -> Result<(), LoadError> {
        teller.step = format!("attendance of {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let who = Who::Person(self.coordinator(&meeting.marac)?);
        for seat in meeting.attendance.iter().filter(|seat| !accepts(seat)) {
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
        Ok(())
    }

    /// Minutes are drafted; approved and issued, unless the chair has not come to it yet.
    pub(super) async fn minutes(
        &self,
        teller: &mut Teller,
        meeting: &Meeting,
        what: &str,
    ) -> Result<(), LoadError> {
        teller.step = format!("{what} minutes of {}", meeting.key);
        let id = teller.known.id("meeting", &meeting.key)?;
        let coordinator = self.coordinator(&meeting.marac)?;
        let (by, body) = match what {
            "draft" => {
                let said = json!({ "any_other_business": meeting.any_other_business });
                (coordinator, Some(said))
            }
            "approve" => (self.holder(&meeting.marac, Role::Chair)?, None),
            _ => (coordinator, None),
        };
        let path = format!("/meetings/{id}/minutes/{what}");
        let known = teller.known.minutes.get(&meeting.key).cloned();
        let etag = known.unwrap_or_else(|| "\"0\"".to_owned());
        let made = teller
            .send(Who::Person(by), Method::POST, &path, body, Some(etag))
            .await?;
        if let Some(etag) = made["version"]["etag"].as_str() {
            let minutes = &mut teller.known.minutes;
            minutes.insert(meeting.key.clone(), etag.to_owned());
        }
        Ok(())
    }
}

/// Whether somebody with an account came and accepted.
fn accepts(seat: &Attendance) -> bool {
    seat.confidentiality_accepted && seat.user.is_some()
}
