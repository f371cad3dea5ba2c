//! Referrals come in, are mended, taken back, judged; cases are opened, joined, allocated.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Year;
use super::area::{HOUSING, IDVA, MENTAL, POLICE};
use super::book::{Case, Ear, Item, Meeting, Plan, Referral, twelve_months};
use super::days::{earlier, later};
use super::paper::{Paper, idva, paper, plan, sender};
use super::wire::{ids, pages, uuid};
use crate::support::{Person, etag, id};

/// As many as that come in in a year.
pub const REFERRALS: usize = 450;

/// A referral before it is sent.
struct Written {
    number: usize,
    plan: Plan,
    of: Option<usize>,
    pair: usize,
    referred_on: NaiveDate,
    paper: Paper,
}

impl Written {
    fn is_draft(&self) -> bool {
        matches!(self.plan, Plan::Draft | Plan::Inherited)
    }
}

impl Year {
    /// Referrals written today, one after the other, so that every year is the same.
    pub async fn write(&mut self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            let written = self.think_of(number);
            let answer = self.send(&written).await;
            self.enter(written, &answer);
        }
    }

    fn think_of(&mut self, number: usize) -> Written {
        let mut plan = plan(number);
        let of = (plan == Plan::Again)
            .then(|| self.known_pair(number))
            .flatten();
        if plan == Plan::Again && of.is_none() {
            plan = Plan::Plain;
        }
        // Some lay on paper for a while.
        let age = match number < 30 && number.is_multiple_of(2) {
            true => 190 + 5 * number,
            false => 0,
        };
        let referred_on = earlier(self.today(), u64::try_from(age).unwrap());
        let of_pair = of.map(|case| &self.book.cases[case]);
        let pair = of_pair.map_or(number, |case| case.pair);
        let previous = of_pair.map(|case| case.last_referral_on);
        let previous = previous.filter(|day| referred_on <= twelve_months(*day));
        if let Some(case) = of {
            self.book.cases[case].pending = true;
        }
        Written {
            number,
            plan,
            of,
            pair,
            referred_on,
            paper: paper(number, pair, referred_on, previous),
        }
    }

    /// Who writes the referral of this number.
    fn author(&self, plan: Plan, agency: usize) -> &Person {
        match plan {
            Plan::Inherited => &self.area.agencies[MENTAL].speaker,
            _ => &self.area.agencies[agency].worker,
        }
    }

    async fn send(&self, written: &Written) -> Value {
        let (number, plan, paper) = (written.number, written.plan, &written.paper);
        let draft = written.is_draft();
        let mut document = paper.document.clone();
        if draft {
            document.as_object_mut().unwrap().remove("account");
        }
        let body = json!({ "marac_id": self.area.world.wcc, "referral": document,
            "urgent": plan == Plan::Urgent, "draft": draft });
        let author = self.author(plan, sender(number));
        let key = format!("referral-{number}");
        let caller = self.app.as_(author).with("idempotency-key", &key);
        let first = caller.post("/referrals", body.clone()).await.expect(201);
        if number.is_multiple_of(40) {
            // Nobody knows whether it arrived: it is sent again, and is there once.
            let again = caller.post("/referrals", body).await.expect(201);
            assert_eq!(id(&again), id(&first));
        }
        first
    }

    fn enter(&mut self, written: Written, answer: &Value) {
        let draft = written.is_draft();
        let paper = written.paper;
        let today = self.today();
        if !draft {
            self.book.tell(Ear::Coordinator, "referral_received");
        }
        self.book.referrals.push(Referral {
            id: id(answer),
            etag: etag(answer),
            file: uuid(answer, "case_id"),
            plan: written.plan,
            agency: sender(written.number),
            status: if draft { "draft" } else { "submitted" },
            sent_on: (!draft).then_some(today),
            written_on: today,
            referred_on: written.referred_on,
            sent_back: false,
            challenged: false,
            of: written.of,
            document: paper.document,
            children: paper.children,
            score: paper.score,
            criteria: paper.criteria,
            pair: written.pair,
            idva: idva(written.number),
        });
    }

    /// A pair that was heard before, or whose case has lapsed or is closed.
    fn known_pair(&mut self, number: usize) -> Option<usize> {
        let wanted: &[&str] = match number % 2 {
            0 => &["lapsed", "closed"],
            _ => &["heard"],
        };
        let of = |statuses: &[&str]| -> Vec<usize> {
            let cases = self.book.cases.iter().enumerate();
            let free = cases.filter(|(_, case)| !case.pending && case.on.is_none());
            free.filter(|(_, case)| statuses.contains(&case.status))
                .map(|(at, _)| at)
                .collect()
        };
        let found = match of(wanted) {
            found if found.is_empty() => of(&["heard", "lapsed", "closed"]),
            found => found,
        };
        let sides = u64::try_from(found.len()).unwrap();
        let roll = (sides > 0).then(|| self.dice.roll(sides))?;
        Some(found[usize::try_from(roll).unwrap()])
    }

    /// The day after, authors finish drafts, mend what came back and take back what they should not have
    /// sent.
    pub async fn mend(&mut self) {
        let today = self.today();
        for at in 0..self.book.referrals.len() {
            let one = &self.book.referrals[at];
            let ripe = match one.plan {
                Plan::Inherited => today > self.inherits_on,
                _ => one.written_on < today,
            };
            let author = match one.plan {
                Plan::Inherited => &self.area.successor,
                plan => self.author(plan, one.agency),
            };
            match (one.plan, one.status) {
                (_, "draft") | (Plan::Returned, "returned") if ripe => {
                    let caller = self.app.as_(author);
                    let path = format!("/referrals/{}", one.id);
                    let now = caller.get(&path).await.expect(200);
                    assert_eq!(now["status"], json!(one.status));
                    let body = json!({ "referral": one.document });
                    let mended = caller.clone().if_match(&etag(&now)).put(&path, body).await;
                    let mended = mended.expect(200);
                    let caller = caller.if_match(&etag(&mended));
                    let sent = caller.post(&format!("{path}/submit"), Value::Null).await;
                    let one = &mut self.book.referrals[at];
                    one.etag = etag(&sent.expect(200));
                    one.status = "submitted";
                    one.sent_on = Some(today);
                    self.book.tell(Ear::Coordinator, "referral_received");
                }
                (Plan::Withdrawn, "submitted") if ripe => {
                    let reason = json!({ "reason": "It was sent to the wrong area." });
                    let caller = self.app.as_(author).if_match(&one.etag);
                    let path = format!("/referrals/{}/withdraw", one.id);
                    caller.post(&path, reason).await.expect(200);
                    self.book.referrals[at].status = "withdrawn";
                }
                (Plan::Challenged, "not_accepted") if !one.challenged => {
                    let caller = self.app.as_(author);
                    let path = format!("/referrals/{}", one.id);
                    let now = caller.get(&path).await.expect(200);
                    let reason = json!({ "reason": "The score leaves out what she is afraid of." });
                    let caller = caller.if_match(&etag(&now));
                    let said = caller.post(&format!("{path}/challenge"), reason).await;
                    let one = &mut self.book.referrals[at];
                    one.etag = etag(&said.expect(200));
                    one.challenged = true;
                    self.book.tell(Ear::Coordinator, "decision_challenged");
                }
                _ => {}
            }
        }
    }

    /// The coordinator's morning post: everything that waits, the urgent first.
    pub async fn triage(&mut self) {
        let today = self.today();
        let inbox = {
            let coordinator = self.app.as_(&self.area.world.coordinator);
            let path = format!("/referrals?status=submitted&inbox={}", self.area.world.wcc);
            pages(&coordinator, &path, 4).await
        };
        let waiting = self
            .book
            .referrals
            .iter()
            .filter(|one| one.status == "submitted");
        assert_eq!(ids(&inbox), waiting.map(|one| one.id).collect());
        let urgent = inbox.iter().map(|row| row["urgent"] == json!(true));
        assert!(urgent.clone().is_sorted_by(|one, other| one >= other));
        for at in 0..self.book.referrals.len() {
            let one = &self.book.referrals[at];
            let arrived = one
                .sent_on
                .is_some_and(|on| on < today || one.plan == Plan::Urgent);
            match (one.plan, one.status) {
                (Plan::Returned, "submitted") if arrived && !one.sent_back => {
                    self.decide(at, "return", "returned").await;
                    self.book.referrals[at].sent_back = true;
                }
                (Plan::Declined, "submitted") if arrived => {
                    self.decide(at, "decline", "not_accepted").await;
                }
                (Plan::Challenged, "submitted") if arrived => {
                    self.decide(at, "decline", "not_accepted").await;
                }
                (Plan::Challenged, "not_accepted") if one.challenged => self.accept(at).await,
                (Plan::Withdrawn, _) => {}
                (_, "submitted") if arrived => self.accept(at).await,
                _ => {}
            }
        }
    }

    async fn decide(&mut self, at: usize, verb: &str, status: &'static str) {
        let one = &self.book.referrals[at];
        let caller = self
            .app
            .as_(&self.area.world.coordinator)
            .if_match(&one.etag);
        let reason = json!({ "reason": "Please say what makes you afraid for her." });
        let path = format!("/referrals/{}/{verb}", one.id);
        let answer = caller.post(&path, reason).await.expect(200);
        assert_eq!(answer["status"], json!(status));
        let one = &mut self.book.referrals[at];
        one.status = status;
        one.etag = etag(&answer);
    }

    async fn accept(&mut self, at: usize) {
        let today = self.today();
        let one = &self.book.referrals[at];
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let mut body = json!({});
        if let Some(of) = one.of {
            let path = format!("/referrals/{}/matches", one.id);
            let found = coordinator.get(&path).await.expect(200);
            let case = &self.book.cases[of];
            let within = one.referred_on <= twelve_months(case.last_referral_on);
            let same = found["items"].as_array().unwrap().iter();
            let mut same = same.filter(|row| row["case_id"] == json!(case.id));
            assert_eq!(same.next().unwrap()["within_window"], json!(within));
            body["join_case_id"] = json!(case.id);
        }
        let urgent = one.plan == Plan::Urgent;
        let starts_at = later(today, 1).and_hms_opt(9, 30, 0).unwrap().and_utc();
        let listed = [POLICE, IDVA, HOUSING];
        if urgent {
            body["agenda"] = json!({ "agencies": self.area.ids(&listed),
                "emergency": { "starts_at": starts_at, "mode": "online" } });
        }
        let path = format!("/referrals/{}/accept", one.id);
        let caller = coordinator.clone().if_match(&one.etag);
        let accepted = caller.post(&path, body).await.expect(200);
        assert_eq!(accepted["status"], "accepted");
        let one = &mut self.book.referrals[at];
        one.status = "accepted";
        let case = match one.of {
            Some(case) => {
                assert_eq!(accepted["case_id"], json!(self.book.cases[case].id));
                self.book.referred_again(case, at, today);
                self.tried_again(case);
                case
            }
            None => {
                assert_eq!(uuid(&accepted, "case_id"), one.file);
                self.opened(at)
            }
        };
        if urgent {
            self.emergency(case, later(today, 1), &listed).await;
        }
        if self.book.referrals[at].idva && self.book.cases[case].idva.is_none() {
            self.allocate(case).await;
        }
    }

    fn opened(&mut self, at: usize) -> usize {
        let one = &self.book.referrals[at];
        self.book.cases.push(Case {
            id: one.file,
            status: "listed",
            received_on: one.sent_on.unwrap(),
            last_referral_on: one.referred_on,
            lapses_on: twelve_months(one.referred_on),
            children: one.children,
            repeat: false,
            score: one.score,
            criteria: one.criteria.clone(),
            agency: one.agency,
            pair: one.pair,
            on: None,
            left: None,
            idva: None,
            pending: false,
            over_actions: false,
            passed: Default::default(),
            asked: 0,
            read_instead: 0,
        });
        self.book.cases.len() - 1
    }

    /// The emergency meeting that was planned with an acceptance; its list goes out at once.
    async fn emergency(&mut self, case: usize, day: NaiveDate, listed: &[usize]) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = format!(
            "/meetings?marac_id={}&status=planned&from={day}&to={day}",
            self.area.world.wcc
        );
        for meeting in pages(&coordinator, &path, 2).await {
            if meeting["kind"] != "emergency"
                || self.book.meetings.iter().any(|one| one.id == id(&meeting))
            {
                continue;
            }
            let agenda = coordinator
                .get(&format!("/meetings/{}/agenda", id(&meeting)))
                .await;
            let agenda = agenda.expect(200);
            let item = &agenda["items"][0];
            if item["case_id"] != json!(self.book.cases[case].id) {
                continue;
            }
            assert_eq!(agenda["items"].as_array().unwrap().len(), 1);
            self.book.meetings.push(Meeting {
                id: id(&meeting),
                scheduled: false,
                day,
                status: "planned",
                items: Vec::new(),
                returns: Default::default(),
                present: Default::default(),
                apologies: Default::default(),
                issued_on: None,
                corrections: 0,
            });
            let at = self.book.meetings.len() - 1;
            let one = &self.book.cases[case];
            let item = Item {
                id: id(item),
                case,
                kind: if one.repeat { "repeat" } else { "new" },
                children: one.children,
                late: false,
                status: "listed",
                agencies: listed.iter().copied().collect(),
            };
            self.book.place(at, item);
            self.circulate(at).await;
            return;
        }
        panic!("no emergency meeting was planned");
    }
}
