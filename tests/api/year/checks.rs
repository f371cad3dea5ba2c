//! At the year's end: what the service counts against what the book says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::Year;
use super::area::AGENCIES;
use super::book::{Book, Ear};
use super::days::working_days_after;
use super::lists::MEETINGS;
use super::wire::{ids, pages, together, uuid};
use crate::support::id;

fn tally<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

impl Year {
    pub async fn assert_all(&self) {
        self.assert_cases().await;
        self.assert_referrals().await;
        self.assert_meetings().await;
        self.assert_actions().await;
        self.assert_flags().await;
        self.assert_told().await;
        self.assert_survivors().await;
        for agency in (0..AGENCIES).filter(|agency| *agency != super::area::IDVA) {
            self.assert_seen_by(agency).await;
            self.assert_owed(agency).await;
        }
        self.assert_nothing_elsewhere().await;
    }

    async fn assert_cases(&self) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = format!("/cases?marac_id={}", self.area.world.wcc);
        for status in ["listed", "heard", "lapsed", "closed", "monitoring"] {
            let of = format!("{path}&status={status}");
            let rows = pages(&coordinator, &of, 30).await;
            let told: BTreeMap<Uuid, _> = self
                .book
                .cases
                .iter()
                .filter(|case| case.status == status)
                .map(|case| (case.id, case))
                .collect();
            assert_eq!(ids(&rows), told.keys().copied().collect(), "{status}");
            let total = coordinator
                .get(&format!("{of}&count=true&limit=1"))
                .await
                .expect(200);
            assert_eq!(total["total"], json!(told.len()));
            for row in &rows {
                let case = told[&id(row)];
                let criteria: BTreeSet<String> =
                    serde_json::from_value(row["criteria"].clone()).unwrap();
                assert_eq!(criteria, case.criteria);
                let seen = json!([
                    row["last_referral_on"],
                    row["lapses_on"],
                    row["has_children"],
                    row["score"]
                ]);
                let told = json!([
                    case.last_referral_on,
                    case.lapses_on,
                    case.children,
                    case.score
                ]);
                assert_eq!(seen, told);
            }
        }
    }

    async fn assert_referrals(&self) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        for status in [
            "submitted",
            "returned",
            "accepted",
            "not_accepted",
            "withdrawn",
        ] {
            let path = format!("/referrals?inbox={}&status={status}", self.area.world.wcc);
            let rows = pages(&coordinator, &path, 30).await;
            let told = self
                .book
                .referrals
                .iter()
                .filter(|one| one.status == status);
            assert_eq!(ids(&rows), told.map(|one| one.id).collect(), "{status}");
            let urgent = rows
                .iter()
                .filter(|row| row["urgent"] == json!(true))
                .count();
            let told = self
                .book
                .referrals
                .iter()
                .filter(|one| one.status == status);
            assert_eq!(
                urgent,
                told.filter(|one| one.plan == super::book::Plan::Urgent)
                    .count()
            );
        }
    }

    async fn assert_meetings(&self) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let w = &self.area.world;
        let rows = pages(&coordinator, &format!("/meetings?marac_id={}", w.wcc), 10).await;
        let of = |row: &Value| (id(row), row["status"].as_str().unwrap().to_owned());
        let seen: BTreeSet<_> = rows.iter().map(of).collect();
        let told = self
            .book
            .meetings
            .iter()
            .map(|one| (one.id, one.status.to_owned()));
        assert_eq!(seen, told.collect());
        let kinds = tally(rows.iter().map(|row| row["kind"].as_str().unwrap()));
        assert_eq!(kinds["scheduled"], MEETINGS);
        let checks = (0..self.book.meetings.len()).map(|at| self.assert_meeting(at));
        together(checks.collect()).await;
        let mut counts = [0_i64; 6];
        let today = self.today();
        for one in &self.book.meetings {
            let due_on = working_days_after(one.day, 3);
            let slot = match one.issued_on {
                Some(on) if on <= due_on => 1,
                Some(_) => 2,
                None if today > due_on => 3,
                None => 4,
            };
            counts[0] += 1;
            counts[slot] += 1;
            counts[5] += one.corrections;
        }
        let told = json!({ "counts": "what_you_may_see", "meetings": counts[0], "in_time": counts[1], "late": counts[2],
            "overdue": counts[3], "due": counts[4], "corrections": counts[5] });
        let path = format!(
            "/reports/minutes?marac_id={}&from=2026-01-01&to=2027-12-31",
            w.wcc
        );
        for who in [&w.coordinator, &w.chair, &w.analyst] {
            assert_eq!(self.app.as_(who).get(&path).await.expect(200), told);
        }
        assert!(
            counts[2] > 1 && counts[3] > 0 && counts[5] > 3,
            "{counts:?}"
        );
    }

    /// What came of each case at a meeting, who was there, its returns, its minutes.
    async fn assert_meeting(&self, at: usize) {
        let one = &self.book.meetings[at];
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let path = |rest: &str| format!("/meetings/{}/{rest}", one.id);
        let agenda = coordinator.get(&path("agenda")).await.expect(200);
        let rows = agenda["items"].as_array().unwrap().iter().map(|row| {
            let case = self.book.case_of(uuid(row, "case_id"));
            (
                case,
                row["status"].as_str().unwrap(),
                row["kind"].as_str().unwrap(),
                row["late"] == json!(true),
            )
        });
        let told = one
            .items
            .iter()
            .map(|item| (item.case, item.status, item.kind, item.late));
        assert_eq!(
            rows.collect::<BTreeSet<_>>(),
            told.collect(),
            "meeting {at}"
        );
        let seats = coordinator.get(&path("attendance")).await.expect(200);
        let seats = seats["items"].as_array().unwrap();
        let of = |presence: &str| -> BTreeSet<usize> {
            let rows = seats
                .iter()
                .filter(|row| row["presence"] == json!(presence));
            let others = rows.filter(|row| uuid(row, "agency_id") != self.area.world.coordination);
            others
                .map(|row| self.area.index(uuid(row, "agency_id")))
                .collect()
        };
        assert_eq!(
            (of("present"), of("apologies")),
            (one.present.clone(), one.apologies.clone()),
            "meeting {at}"
        );
        self.assert_research(at).await;
        let versions = coordinator.get(&path("minutes/versions")).await;
        let versions = versions.expect(200);
        let versions = versions["items"].as_array().unwrap().iter();
        let issued = versions.filter(|row| row["status"] == "issued").count();
        let told = one.issued_on.map_or(0, |_| 1 + one.corrections);
        assert_eq!(i64::try_from(issued).unwrap(), told, "meeting {at}");
    }

    /// The inboxes of four people, kind by kind.
    async fn assert_told(&self) {
        let w = &self.area.world;
        for (ear, person) in [
            (Ear::Coordinator, &w.coordinator),
            (Ear::Chair, &w.chair),
            (Ear::HousingSpeaker, &w.housing_rep),
            (Ear::HousingLead, &w.housing_lead),
        ] {
            let rows = pages(&self.app.as_(person), "/notifications", 100).await;
            let mut seen = BTreeMap::new();
            for row in &rows {
                *seen.entry(row["kind"].as_str().unwrap()).or_insert(0_i64) += 1;
            }
            let told = self.book.told.iter().filter(|((of, _), _)| *of == ear);
            let told: BTreeMap<_, _> = told.map(|((_, kind), n)| (*kind, *n)).collect();
            assert_eq!(seen, told, "{ear:?}");
        }
    }

    /// Contacts with survivors, and how often they were asked again.
    async fn assert_survivors(&self) {
        let coordinator = self.app.as_(&self.area.world.coordinator);
        let cases = self.book.cases.iter().enumerate();
        let wanted = cases.filter(|(at, case)| at.is_multiple_of(12) || case.read_instead > 0);
        for (at, case) in wanted {
            let file = coordinator
                .get(&format!("/cases/{}", case.id))
                .await
                .expect(200);
            let told = json!({ "asked": case.asked, "read_instead": case.read_instead });
            assert_eq!(file["account_use"], told, "case {at}");
            let list = coordinator
                .get(&format!("/cases/{}/idva", case.id))
                .await
                .expect(200);
            let rows = list["items"].as_array().unwrap();
            let Some(idva) = &case.idva else {
                assert!(rows.is_empty());
                continue;
            };
            let row = &rows[0];
            let seen = json!([
                row["id"],
                row["contacts"],
                row["feedback"],
                row["engagement"]
            ]);
            let told = json!([idva.id, idva.contacts, idva.feedback, idva.engagement]);
            assert_eq!(seen, told, "case {at}");
        }
    }

    /// The other MARAC knows nothing of all this.
    async fn assert_nothing_elsewhere(&self) {
        let w = &self.area.world;
        let elsewhere = self.app.as_(&w.kc_coordinator);
        for list in [
            "/cases",
            "/meetings",
            "/actions?status=all",
            "/flags?status=all",
            "/lapses",
        ] {
            assert_eq!(
                pages(&elsewhere, list, 50).await,
                Vec::<Value>::new(),
                "{list}"
            );
        }
        let report = elsewhere.get("/reports/actions").await.expect(200);
        assert_eq!(report["total"], json!(0));
    }
}

impl Book {
    /// Nothing of this can be left out of a year without somebody noticing.
    pub fn assert_lived(&self) {
        let referrals = tally(self.referrals.iter().map(|one| one.status));
        assert_eq!(self.referrals.len(), super::intake::REFERRALS);
        assert!(
            ["accepted", "not_accepted", "withdrawn"]
                .iter()
                .all(|one| referrals[one] > 5),
            "{referrals:?}"
        );
        let cases = tally(self.cases.iter().map(|case| case.status));
        assert!(
            ["heard", "lapsed", "closed"]
                .iter()
                .all(|one| cases[one] > 5),
            "{cases:?}"
        );
        let items: Vec<_> = self.meetings.iter().flat_map(|one| &one.items).collect();
        let came = tally(items.iter().map(|item| item.status));
        assert!(
            came["heard"] > 350 && came["deferred"] > 10 && came["withdrawn"] > 2,
            "{came:?}"
        );
        assert!(items.iter().filter(|item| item.late).count() > 5);
        assert!(items.iter().filter(|item| item.kind == "repeat").count() > 20);
        let anew = self.cases.iter().filter(|case| case.over_actions).count();
        assert!(anew > 5, "{anew}");
        let actions = tally(self.actions.iter().map(|one| one.status));
        assert!(actions.len() >= 6, "{actions:?}");
        let owners: BTreeSet<_> = self.actions.iter().map(|one| one.owner).collect();
        assert_eq!(owners.len(), AGENCIES);
        let steps: BTreeSet<_> = self.actions.iter().map(|one| one.step).collect();
        assert!(
            steps.len() >= 5 && steps.contains(&5),
            "the ladder: {steps:?}"
        );
        let returns = self.meetings.iter().flat_map(|one| one.returns.values());
        let returns = tally(returns.map(|one| one.status));
        assert_eq!(returns.len(), 5, "{returns:?}");
        let flags = tally(self.flags.values().map(|flag| flag.status));
        assert_eq!(flags.len(), 5, "{flags:?}");
        for why in [
            "already_told",
            "open_actions",
            "channel_not_safe",
            "conflict declared",
        ] {
            assert!(self.refusals[why] > 2, "{why}");
        }
    }
}
