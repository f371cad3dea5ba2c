//! The settings of e-mail: a mail server, a folder, or none.

use std::path::PathBuf;

use super::{ConfigError, wrong};
use directory::notifications::mail::{Encryption, MailError, Mailer, Relay};

/// How e-mail is sent.
#[derive(Debug, Clone)]
pub enum MailSettings {
    /// Not at all.
    Off,
    /// As files in a folder.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Who it comes from.
        from: String,
    },
    /// By a mail server.
    Relay {
        /// The server.
        relay: Relay,
        /// Who it comes from.
        from: String,
    },
}

impl MailSettings {
    /// What sends it.
    pub fn mailer(self, public_url: Option<String>) -> Result<Mailer, MailError> {
        match self {
            Self::Off => Ok(Mailer::off()),
            Self::Folder { folder, from } => Mailer::folder(folder, &from, public_url),
            Self::Relay { relay, from } => Mailer::relay(relay, &from, public_url),
        }
    }
}

/// A mail server or a folder, and then a sender; or neither.
pub(super) fn settings<'v>(
    text: &impl Fn(&str) -> Option<&'v str>,
) -> Result<MailSettings, ConfigError> {
    let (host, folder) = (text("smtp_host"), text("mail_dir"));
    if host.is_some() && folder.is_some() {
        return wrong(
            "mail_dir",
            "e-mail goes to a mail server or to a folder, not to both",
        );
    }
    if host.is_none() {
        let others = ["smtp_port", "smtp_encryption", "smtp_user", "smtp_password"];
        if let Some(name) = others.iter().find(|name| text(name).is_some()) {
            return wrong(name, "set TOLDONCE_SMTP_HOST too");
        }
        let Some(folder) = folder else {
            return Ok(MailSettings::Off);
        };
        return Ok(MailSettings::Folder {
            folder: folder.into(),
            from: sender(text("mail_from"))?,
        });
    }
    let encryption = match text("smtp_encryption") {
        None | Some("starttls") => Encryption::StartTls,
        Some("tls") => Encryption::Tls,
        Some("none") => Encryption::None,
        Some(_) => return wrong("smtp_encryption", "expected starttls, tls or none"),
    };
    let usual = match encryption {
        Encryption::StartTls => 587,
        Encryption::Tls => 465,
        Encryption::None => 25,
    };
    let port = text("smtp_port").map_or(Ok(usual), str::parse);
    let Ok(port) = port else {
        return wrong("smtp_port", "expected a port");
    };
    let credentials = match (text("smtp_user"), text("smtp_password")) {
        (Some(_), Some(_)) if encryption == Encryption::None => {
            return wrong("smtp_encryption", "a password is not sent in clear");
        }
        (Some(user), Some(password)) => Some((user.to_owned(), password.to_owned().into())),
        (None, None) => None,
        _ => {
            return wrong(
                "smtp_password",
                "set TOLDONCE_SMTP_USER and TOLDONCE_SMTP_PASSWORD, or neither",
            );
        }
    };
    Ok(MailSettings::Relay {
        relay: Relay {
            host: host.unwrap_or_default().to_owned(),
            port,
            encryption,
            credentials,
        },
        from: sender(text("mail_from"))?,
    })
}

fn sender(from: Option<&str>) -> Result<String, ConfigError> {
    match from.filter(|from| Mailer::is_sender(from)) {
        Some(from) => Ok(from.to_owned()),
        None => wrong(
            "mail_from",
            "expected the sender's address, such as Told Once <told-once@example.org>",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Config::from_pairs(pairs.iter().map(owned))
    }

    #[test]
    fn e_mail_is_set_up_whole_or_not_at_all() {
        let host = ("TOLDONCE_SMTP_HOST", "mail.secret-value.example");
        let from = ("TOLDONCE_MAIL_FROM", "Told Once <told@example.org>");
        for (pairs, name) in [
            (vec![host], "TOLDONCE_MAIL_FROM"),
            (
                vec![host, ("TOLDONCE_MAIL_FROM", "secret-value")],
                "TOLDONCE_MAIL_FROM",
            ),
            (
                vec![host, from, ("TOLDONCE_MAIL_DIR", "secret-value")],
                "TOLDONCE_MAIL_DIR",
            ),
            (
                vec![host, from, ("TOLDONCE_SMTP_PORT", "secret-value")],
                "TOLDONCE_SMTP_PORT",
            ),
            (
                vec![host, from, ("TOLDONCE_SMTP_ENCRYPTION", "secret-value")],
                "TOLDONCE_SMTP_ENCRYPTION",
            ),
            (
                vec![host, from, ("TOLDONCE_SMTP_USER", "secret-value")],
                "TOLDONCE_SMTP_PASSWORD",
            ),
            (
                vec![
                    host,
                    from,
                    ("TOLDONCE_SMTP_USER", "secret-value"),
                    ("TOLDONCE_SMTP_PASSWORD", "secret-value"),
                    ("TOLDONCE_SMTP_ENCRYPTION", "none"),
                ],
                "TOLDONCE_SMTP_ENCRYPTION",
            ),
        ] {
            let error = load(&pairs).unwrap_err().to_string();
            assert!(
                error.starts_with(name) && !error.contains("secret-value"),
                "{error}"
            );
        }
        assert!(matches!(load(&[from]).unwrap().mail, MailSettings::Off));
        let relay = load(&[host, from]).unwrap().mail;
        let MailSettings::Relay { relay, .. } = relay else {
            panic!("no relay");
        };
        assert_eq!((relay.port, relay.encryption), (587, Encryption::StartTls));
        let folder = load(&[("TOLDONCE_MAIL_DIR", "mail"), from]).unwrap().mail;
        assert!(folder.mailer(None).is_ok());
    }
}
