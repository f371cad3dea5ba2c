//! Configuration by environment and file; wrong values are refused at start, by name.
//!
//! Every setting is `TOLDONCE_<NAME>` in the environment or `<name>` in the TOML file that
//! `TOLDONCE_CONFIG` names; the environment wins. A secret may come as `TOLDONCE_<NAME>_FILE`.

mod mail;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

pub use mail::MailSettings;

use kernel::http::TrustedProxies;

/// What `serve` runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// Where `/metrics` listens; nowhere if absent.
    pub metrics_listen: Option<SocketAddr>,
    /// The application role's database; none: the embedded one in `data_dir`.
    pub database_url: Option<SecretString>,
    /// The owner's database, for migrations.
    pub owner_url: Option<SecretString>,
    /// Password that `migrate` gives the application's login.
    pub app_password: Option<SecretString>,
    /// Where the embedded database and the audit's heads are kept.
    pub data_dir: PathBuf,
    /// The key file.
    pub keys_file: Option<PathBuf>,
    /// File the audit's heads are appended to; best on another machine's disk.
    pub audit_heads: Option<PathBuf>,
    /// Database connections; as many requests are worked on at once.
    pub pool: u32,
    /// Worker threads.
    pub workers: usize,
    /// Wait for a connection before 503.
    pub pool_timeout: Duration,
    /// Requests per person and minute.
    pub requests_per_minute: u32,
    /// Submissions and searches per person and minute.
    pub searches_per_minute: u32,
    /// Proxies whose word on where a request comes from is believed.
    pub trusted_proxies: TrustedProxies,
    /// Folder of licensed wordings and further risk tools.
    pub risk_tools_dir: Option<PathBuf>,
    /// How e-mail is sent.
    pub mail: MailSettings,
    /// Where people sign in, for e-mail to say.
    pub public_url: Option<String>,
    /// Days that a notification is kept after it was read.
    pub keep_read_days: u32,
    /// Logs as JSON.
    pub log_json: bool,
    /// Log filter, such as `info,toldonce=debug`; each command has its own default.
    pub log: Option<String>,
}

/// A setting that cannot be used. Names it; never shows its value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// Not of the form it must have.
    #[error("{name}: {why}")]
    Value {
        /// The setting.
        name: String,
        /// What is expected.
        why: &'static str,
    },
    /// A file that was named cannot be read.
    #[error("{0}: the file it names cannot be read")]
    File(String),
    /// No such setting.
    #[error("{0}: there is no such setting")]
    Unknown(String),
}

const NAMES: &[&str] = &[
    "listen",
    "metrics_listen",
    "database_url",
    "owner_url",
    "app_password",
    "data_dir",
    "keys_file",
    "audit_heads",
    "pool",
    "workers",
    "pool_timeout_ms",
    "requests_per_minute",
    "searches_per_minute",
    "trusted_proxies",
    "risk_tools_dir",
    "smtp_host",
    "smtp_port",
    "smtp_encryption",
    "smtp_user",
    "smtp_password",
    "mail_dir",
    "mail_from",
    "public_url",
    "keep_read_days",
    "log_json",
    "log",
];
const SECRETS: &[&str] = &["database_url", "owner_url", "app_password", "smtp_password"];

impl Config {
    /// From this process's environment.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_pairs(std::env::vars())
    }

    /// From pairs of environment names and values.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        let mut environment = BTreeMap::new();
        for (name, value) in pairs {
            if let Some(name) = name.strip_prefix("TOLDONCE_") {
                environment.insert(name.to_lowercase(), value);
            }
        }
        if let Some(path) = environment.remove("config") {
            let text = std::fs::read_to_string(path)
                .map_err(|_| ConfigError::File("TOLDONCE_CONFIG".into()))?;
            let table: BTreeMap<String, toml::Value> =
                toml::from_str(&text).map_err(|_| ConfigError::Value {
                    name: "TOLDONCE_CONFIG".into(),
                    why: "not a TOML file",
                })?;
            for (name, value) in table {
                let value = match value {
                    toml::Value::String(text) => text,
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(flag) => flag.to_string(),
                    _ => {
                        return Err(ConfigError::Value {
                            name: format!("TOLDONCE_{}", name.to_uppercase()),
                            why: "expected text, a number, or true or false",
                        });
                    }
                };
                values.insert(name, value);
            }
        }
        values.append(&mut environment);
        for secret in SECRETS {
            if let Some(path) = values.remove(&format!("{secret}_file")) {
                let text = std::fs::read_to_string(path).map_err(|_| {
                    ConfigError::File(format!("TOLDONCE_{}_FILE", secret.to_uppercase()))
                })?;
                values.insert((*secret).into(), text.trim_end().into());
            }
        }
        if let Some(name) = values.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(ConfigError::Unknown(format!(
                "TOLDONCE_{}",
                name.to_uppercase()
            )));
        }
        Self::from_values(&values)
    }

    fn from_values(values: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let text = |name: &str| {
            values
                .get(name)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        fn parse<T: std::str::FromStr>(
            name: &str,
            value: Option<&str>,
            default: T,
            why: &'static str,
        ) -> Result<T, ConfigError> {
            let Some(value) = value else {
                return Ok(default);
            };
            let wrong = || ConfigError::Value {
                name: format!("TOLDONCE_{}", name.to_uppercase()),
                why,
            };
            value.parse().map_err(|_| wrong())
        }
        let number = |name: &str, default: u32| {
            let why = "expected a whole number from 1 to 100000";
            let value = parse(name, text(name), default, why)?;
            match value {
                1..=100_000 => Ok(value),
                _ => Err(ConfigError::Value {
                    name: format!("TOLDONCE_{}", name.to_uppercase()),
                    why,
                }),
            }
        };
        let address = "expected an address and port such as 127.0.0.1:8080";
        let metrics = text("metrics_listen").map(|value| {
            value.parse().map_err(|_| ConfigError::Value {
                name: "TOLDONCE_METRICS_LISTEN".into(),
                why: address,
            })
        });
        Ok(Self {
            listen: parse(
                "listen",
                text("listen"),
                SocketAddr::from(([127, 0, 0, 1], 8080)),
                address,
            )?,
            metrics_listen: metrics.transpose()?,
            database_url: text("database_url").map(|url| url.to_owned().into()),
            owner_url: text("owner_url").map(|url| url.to_owned().into()),
            app_password: text("app_password").map(|password| password.to_owned().into()),
            data_dir: text("data_dir").unwrap_or("toldonce-data").into(),
            keys_file: text("keys_file").map(Into::into),
            audit_heads: text("audit_heads").map(Into::into),
            pool: number("pool", connections())?,
            workers: number("workers", 2)? as usize,
            pool_timeout: Duration::from_millis(u64::from(number("pool_timeout_ms", 3_000)?)),
            requests_per_minute: number("requests_per_minute", 1_200)?,
            searches_per_minute: number("searches_per_minute", 60)?,
            trusted_proxies: parse(
                "trusted_proxies",
                text("trusted_proxies"),
                TrustedProxies::default(),
                "expected networks such as 10.0.0.0/8, with commas between them",
            )?,
            risk_tools_dir: text("risk_tools_dir").map(Into::into),
            mail: mail::settings(&text)?,
            public_url: public_url(text("public_url"))?,
            keep_read_days: number("keep_read_days", 180)?,
            log_json: parse(
                "log_json",
                text("log_json"),
                false,
                "expected true or false",
            )?,
            log: text("log").map(str::to_owned),
        })
    }
}

/// Two connections to a processor keep both sides of a transaction busy; more of them only push each
/// other's plans out of its caches.
fn connections() -> u32 {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(processors * 2).unwrap_or(u32::MAX).max(4)
}

fn wrong<T>(name: &str, why: &'static str) -> Result<T, ConfigError> {
    Err(ConfigError::Value {
        name: format!("TOLDONCE_{}", name.to_uppercase()),
        why,
    })
}

fn public_url(value: Option<&str>) -> Result<Option<String>, ConfigError> {
    let is_url = |url: &&str| {
        (url.starts_with("https://") || url.starts_with("http://"))
            && url.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match value {
        Some(url) if !is_url(&url) => wrong(
            "public_url",
            "expected an address that begins with https://",
        ),
        url => Ok(url.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = load(&[("PATH", "x")]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert!(config.database_url.is_none() && config.metrics_listen.is_none());
    }

    #[test]
    fn a_wrong_value_is_refused_by_name_and_not_shown() {
        for (name, value) in [
            ("TOLDONCE_LISTEN", "secret-value"),
            ("TOLDONCE_METRICS_LISTEN", "secret-value"),
            ("TOLDONCE_POOL", "secret-value"),
            ("TOLDONCE_POOL", "0"),
            ("TOLDONCE_LOG_JSON", "secret-value"),
            ("TOLDONCE_NO_SUCH", "secret-value"),
            ("TOLDONCE_DATABASE_URL_FILE", "/secret-value/none"),
            ("TOLDONCE_PUBLIC_URL", "secret-value"),
            ("TOLDONCE_KEEP_READ_DAYS", "secret-value"),
            ("TOLDONCE_TRUSTED_PROXIES", "10.0.0.0/8,secret-value"),
            ("TOLDONCE_SMTP_PASSWORD", "secret-value"),
        ] {
            let error = load(&[(name, value)]).unwrap_err().to_string();
            assert!(
                error.contains(name) && !error.contains("secret-value"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let path =
            std::env::temp_dir().join(format!("toldonce-config-{}.toml", uuid::Uuid::now_v7()));
        std::fs::write(&path, "pool = 3\nworkers = 4\nlog_json = true\n").unwrap();
        let path_text = path.to_str().unwrap();
        let config = load(&[("TOLDONCE_CONFIG", path_text), ("TOLDONCE_POOL", "5")]).unwrap();
        assert_eq!((config.pool, config.workers, config.log_json), (5, 4, true));
        std::fs::remove_file(path).unwrap();
    }
}
