//! At the year's end: actions, their register and their reports, flags.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::Year;
use super::wire::{ids, pages, uuid};
use crate::support::id;

impl Year {
    pub async fn assert_actions(&self) {
        let w = &self.area.world;
        let coordinator = self.app.as_(&w.coordinator);
        for status in [
            "open",
            "in_progress",
            "completed",
            "not_possible_circumstances_changed",
            "not_done",
            "superseded",
            "cancelled",
            "unresolved",
            "incomplete",
            "outstanding",
            "all",
        ] {
            let path = format!("/actions?status={status}&marac_id={}", w.wcc);
            let rows = pages(&coordinator, &path, 50).await;
            let told = self.book.actions.iter().filter(|one| match status {
                "unresolved" => one.unresolved(),
                "incomplete" => one.incomplete(),
                "outstanding" => one.outstanding(),
                "all" => true,
                status => one.status == status,
            });
            let told: BTreeMap<Uuid, _> = told.map(|one| (one.id, one)).collect();
            assert_eq!(ids(&rows), told.keys().copied().collect(), "{status}");
            for row in rows.iter().filter(|_| status == "all") {
                let one = told[&id(row)];
                let steps = [
                    "none",
                    "owner",
                    "agency_lead",
                    "coordinator",
                    "chair",
                    "steering_group",
                ];
                let owner = self.area.index(uuid(row, "owner_agency_id"));
                let seen = json!([
                    owner,
                    row["due_on"],
                    row["escalation"],
                    row["reminders"],
                    row["carried_over"]
                ]);
                let told = json!([
                    one.owner,
                    one.due_on,
                    steps[one.step],
                    one.reminders,
                    one.carried
                ]);
                assert_eq!(seen, told, "an action agreed on {}", one.agreed_on);
            }
        }
        for (day, counts, by_status) in &self.book.standings {
            let path = format!("/reports/actions?as_at={day}&marac_id={}", w.wcc);
            let report = coordinator.get(&path).await.expect(200);
            let seen = ["total", "open", "overdue", "unresolved"]
                .map(|name| report[name].as_i64().unwrap());
            assert_eq!(
                seen, *counts,
                "as at {day}: all, outstanding, overdue, unresolved"
            );
            let listed = report["by_status"].as_object().unwrap();
            let seen = listed
                .iter()
                .map(|(name, n)| (name.as_str(), n.as_i64().unwrap()));
            let seen: BTreeMap<_, _> = seen.filter(|(_, n)| *n > 0).collect();
            assert_eq!(seen, *by_status, "as at {day}");
        }
        self.assert_register().await;
    }

    /// What the steering group reads of each agency.
    async fn assert_register(&self) {
        let w = &self.area.world;
        let path = format!("/reports/overdue-actions?marac_id={}", w.wcc);
        let register = self.app.as_(&w.analyst).get(&path).await.expect(200);
        let lines = register["agencies"].as_array().unwrap();
        let today = self.today();
        for (agency, of) in self.area.agencies.iter().enumerate() {
            let actions: Vec<_> = self
                .book
                .actions
                .iter()
                .filter(|one| one.owner == agency)
                .collect();
            let due: Vec<_> = actions.iter().filter(|one| one.outstanding()).collect();
            let late: Vec<_> = due.iter().filter(|one| one.due_on < today).collect();
            let at = |step: usize| due.iter().filter(|one| one.step == step).count();
            let line = lines.iter().find(|row| uuid(row, "agency_id") == of.id);
            let unresolved = actions.iter().filter(|one| one.unresolved()).count();
            let not_done = actions
                .iter()
                .filter(|one| one.status == "not_done")
                .count();
            let Some(line) = line else {
                assert_eq!((due.len(), unresolved, not_done), (0, 0, 0));
                continue;
            };
            let told = json!({
                "outstanding": due.len(), "overdue": late.len(),
                "longest_overdue_days": late.iter().map(|one| (today - one.due_on).num_days()).max().unwrap_or(0),
                "with_agency_lead": at(2), "with_coordinator": at(3), "with_chair": at(4), "with_steering_group": at(5),
                "reminders": due.iter().map(|one| one.reminders).sum::<i64>(),
                "carried_over": due.iter().filter(|one| one.carried > 0).count(),
                "carried_over_again": due.iter().filter(|one| one.carried > 1).count(),
                "unresolved": unresolved,
            });
            for (name, value) in told.as_object().unwrap() {
                assert_eq!(&line[name], value, "{name} of agency {agency}, {}", of.kind);
            }
            // Whatever was reported so in a year; none of this book is older than that but by days.
            assert!(line["not_done_in_a_year"].as_u64().unwrap() as usize <= not_done);
        }
    }

    pub async fn assert_flags(&self) {
        let w = &self.area.world;
        let path = format!("/reports/flags?marac_id={}", w.wcc);
        let register = self.app.as_(&w.coordinator).get(&path).await.expect(200);
        let today = self.today();
        for line in register["agencies"].as_array().unwrap() {
            let agency = self.area.index(uuid(line, "agency_id"));
            let flags = self.book.flags.iter().filter(|((_, of), _)| *of == agency);
            let flags: Vec<_> = flags.map(|(_, flag)| flag).collect();
            let of = |status: &str| flags.iter().filter(|flag| flag.status == status).count();
            let late = |status: &str| {
                let rows = flags.iter().filter(|flag| flag.status == status);
                rows.filter(|flag| flag.due_on < today).count()
            };
            let told = json!([
                of("asked"),
                late("asked"),
                of("placed"),
                of("not_placed"),
                of("removal_due"),
                late("removal_due"),
                of("removed")
            ]);
            let seen = json!([
                line["asked"],
                line["asked_overdue"],
                line["placed"],
                line["not_placed"],
                line["removal_due"],
                line["removal_overdue"],
                line["removed"]
            ]);
            assert_eq!(seen, told, "flags of agency {agency}");
        }
        let agencies: BTreeSet<_> = self.book.flags.keys().map(|(_, agency)| *agency).collect();
        assert_eq!(
            register["agencies"].as_array().unwrap().len(),
            agencies.len()
        );
        for status in ["asked", "placed", "not_placed", "removal_due", "removed"] {
            let path = format!("/flags?status={status}&marac_id={}", w.wcc);
            let rows = pages(&self.app.as_(&w.coordinator), &path, 100).await;
            let told = self
                .book
                .flags
                .values()
                .filter(|flag| flag.status == status);
            assert_eq!(rows.len(), told.count(), "{status}");
        }
    }
}
