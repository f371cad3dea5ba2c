//! The rule of sight for diesel's builder: the same fragments, as conditions that fit only a query of their table.

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, sql_types};

use crate::db::Tx;
use crate::schema::{actions, cases};
use crate::sql::{Sql, fragment};

/// A condition of the rule of sight on the rows of the table whose id this column is.
pub struct InSight<Id> {
    condition: Sql,
    of: std::marker::PhantomData<Id>,
}

/// The case of the query is in the caller's sight: the fragment `visible_cases`.
pub fn visible_cases(tx: &Tx<'_>) -> InSight<cases::id> {
    InSight::of(tx, fragment!("visible_cases", "cases"))
}

/// The action of the query is in the caller's sight: the fragment `visible_actions`.
pub fn visible_actions(tx: &Tx<'_>) -> InSight<actions::id> {
    InSight::of(tx, fragment!("visible_actions", "actions"))
}

impl<Id> InSight<Id> {
    fn of(tx: &Tx<'_>, text: &'static str) -> Self {
        Self {
            condition: tx.sql(text),
            of: std::marker::PhantomData,
        }
    }
}

impl<Id> Expression for InSight<Id> {
    type SqlType = sql_types::Bool;
}

impl<Id: AppearsOnTable<Source>, Source> AppearsOnTable<Source> for InSight<Id> {}

impl<Id: SelectableExpression<Source>, Source> SelectableExpression<Source> for InSight<Id> {}

impl<Id> ValidGrouping<()> for InSight<Id> {
    type IsAggregate = is_aggregate::No;
}

impl<Id> QueryId for InSight<Id> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Id> QueryFragment<Pg> for InSight<Id> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.condition.walk_as_part(&mut out)
    }
}
