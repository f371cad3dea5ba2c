//! The small closed lists of the field: one Rust enum each, stored as text with a CHECK that a test
//! holds against it. A value's text is the same in the API, in a row and in an import.

/// Declares an enum whose variants are text in JSON, in PostgreSQL and in the OpenAPI document.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[allow(missing_docs)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order the field lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text used in JSON and in rows.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value with this text, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        // By hand: the derive does not see through the macro to the text of a value.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>)
                -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.as_str().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = std::str::from_utf8(value.as_bytes())?;
                Self::parse(text).ok_or_else(|| concat!("not a ", stringify!($name)).into())
            }
        }
    };
}

vocabulary! {
    /// Yes, no, or not known: unknown is a value of its own, never null-as-no (R38).
    #[derive(Default)]
    YesNoUnknown {
        Yes = "yes",
        No = "no",
        #[default]
        Unknown = "unknown",
    }
}

vocabulary! {
    /// The kinds of agency, aligned to the sources of the quarterly return (columns G to T), and the
    /// coordinating body, which refers nobody.
    AgencyKind {
        Police = "police",
        Idva = "idva",
        ChildrensSocialCare = "childrens_social_care",
        PrimaryCare = "primary_care",
        SecondaryCareAcute = "secondary_care_acute",
        Education = "education",
        Housing = "housing",
        MentalHealth = "mental_health",
        Probation = "probation",
        VoluntarySector = "voluntary_sector",
        SubstanceMisuse = "substance_misuse",
        AdultSocialCare = "adult_social_care",
        Mash = "mash",
        Coordination = "coordination",
        Other = "other",
    }
}

vocabulary! {
    /// The life cycle of a file. `intake` and `not_accepted` come before there is a case; `joined`
    /// says that its referral went to another file of the same pair.
    CaseStatus {
        Intake = "intake",
        NotAccepted = "not_accepted",
        Listed = "listed",
        Heard = "heard",
        Monitoring = "monitoring",
        Lapsed = "lapsed",
        Closed = "closed",
        TransferredOut = "transferred_out",
        Joined = "joined",
    }
}
