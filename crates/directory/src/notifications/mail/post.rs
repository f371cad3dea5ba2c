//! The way out: a mail server, a folder, or none.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::ToSocketAddrs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::{ExposeSecret, SecretString};

use super::letter::Letter;

/// How long each word of the mail server is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the connection to the mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It begins in clear and must change to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In clear: for a relay on the same machine.
    None,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// Name and password there.
    pub credentials: Option<(String, SecretString)>,
}

/// Why e-mail cannot be set up.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MailError {
    /// The sender is no address.
    #[error("the sender is no e-mail address")]
    From,
    /// The certificates of this machine cannot be read.
    #[error("TLS cannot be set up")]
    Tls,
}

enum Way {
    Off,
    Folder(PathBuf),
    Relay {
        relay: Relay,
        tls: Option<TlsParameters>,
    },
}

/// Sends e-mail, or does not.
pub struct Mailer {
    way: Way,
    from: Option<Mailbox>,
    public_url: Option<String>,
}

impl Mailer {
    /// Sends nothing; the inbox is all there is.
    pub fn off() -> Self {
        Self {
            way: Way::Off,
            from: None,
            public_url: None,
        }
    }

    /// Whether e-mail may come from this.
    pub fn is_sender(from: &str) -> bool {
        from.parse::<Mailbox>().is_ok()
    }

    /// Writes a file for each e-mail: for the demonstration, and to try things out.
    pub fn folder(
        folder: PathBuf,
        from: &str,
        public_url: Option<String>,
    ) -> Result<Self, MailError> {
        Ok(Self {
            way: Way::Folder(folder),
            from: Some(from.parse().map_err(|_| MailError::From)?),
            public_url,
        })
    }

    /// Hands each e-mail to a mail server.
    pub fn relay(relay: Relay, from: &str, public_url: Option<String>) -> Result<Self, MailError> {
        let tls = match relay.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                let made = TlsParameters::new_rustls(relay.host.clone());
                Some(made.map_err(|_| MailError::Tls)?)
            }
        };
        Ok(Self {
            way: Way::Relay { relay, tls },
            from: Some(from.parse().map_err(|_| MailError::From)?),
            public_url,
        })
    }

    /// Whether nothing is ever sent.
    pub fn is_off(&self) -> bool {
        matches!(self.way, Way::Off)
    }

    /// Who it comes from.
    pub fn from(&self) -> Option<&Mailbox> {
        self.from.as_ref()
    }

    /// Where its readers sign in.
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }
}

/// Why an e-mail did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was handed over, or it was sent back for now.
    NotYet,
    /// Refused for good.
    Refused,
    /// It broke while it was handed over.
    InDoubt,
}

/// A connection for several letters, made when the first needs it.
pub struct MailConnection<'m> {
    mailer: &'m Mailer,
    smtp: Option<SmtpConnection>,
    /// The mail server could not be reached: not tried again for each letter.
    dead: bool,
}

impl<'m> MailConnection<'m> {
    /// Not yet connected.
    pub fn new(mailer: &'m Mailer) -> Self {
        Self {
            mailer,
            smtp: None,
            dead: false,
        }
    }

    /// All that comes before the text: the mail server knows sender and reader and waits for it.
    /// Nothing of the letter has gone when this fails.
    pub fn offer(&mut self, letter: &Letter) -> Result<(), Fault> {
        let Way::Relay { relay, tls } = &self.mailer.way else {
            return Ok(());
        };
        if self.dead {
            return Err(Fault::NotYet);
        }
        let smtp = match self.smtp.as_mut() {
            Some(smtp) => smtp,
            None => {
                let opened = open(relay, tls.as_ref()).map_err(|error| {
                    self.dead = true;
                    tracing::warn!(
                        refused = error.status().map(u16::from),
                        "the mail server cannot be used"
                    );
                    Fault::NotYet
                })?;
                self.smtp.insert(opened)
            }
        };
        let offered = offer(smtp, letter);
        if offered.is_err() {
            self.hang_up();
        }
        offered
    }

    /// The text. Only what the mail server says to it is certain.
    pub fn hand_over(&mut self, letter: &Letter) -> Result<(), Fault> {
        match &self.mailer.way {
            Way::Off => Err(Fault::NotYet),
            Way::Folder(folder) => write(folder, letter).map_err(|_| Fault::NotYet),
            Way::Relay { .. } => {
                let Some(smtp) = self.smtp.as_mut() else {
                    return Err(Fault::NotYet);
                };
                let error = match smtp.message(&letter.bytes) {
                    Ok(_) => return Ok(()),
                    Err(error) => error,
                };
                self.hang_up();
                Err(match (error.is_transient(), error.is_permanent()) {
                    (true, _) => Fault::NotYet,
                    (_, true) => Fault::Refused,
                    _ => Fault::InDoubt,
                })
            }
        }
    }

    /// Ends the connection, whatever state it is in.
    pub fn hang_up(&mut self) {
        if let Some(mut smtp) = self.smtp.take() {
            smtp.abort();
        }
    }
}

impl Drop for MailConnection<'_> {
    fn drop(&mut self) {
        if let Some(mut smtp) = self.smtp.take() {
            // The letters have gone; whether the goodbye is heard makes no difference.
            let _ = smtp.quit();
        }
    }
}

type Smtp<T> = Result<T, lettre::transport::smtp::Error>;

fn open(relay: &Relay, tls: Option<&TlsParameters>) -> Smtp<SmtpConnection> {
    let hello = ClientId::default();
    let at = (relay.host.as_str(), relay.port);
    let wrapped = tls.filter(|_| relay.encryption == Encryption::Tls);
    let mut smtp = connect(at, &hello, wrapped)?;
    if let Some(tls) = tls.filter(|_| relay.encryption == Encryption::StartTls) {
        smtp.starttls(tls, &hello)?;
    }
    if let Some((name, password)) = &relay.credentials {
        let credentials = Credentials::new(name.clone(), password.expose_secret().to_owned());
        smtp.auth(DEFAULT_MECHANISMS, &credentials)?;
    }
    Ok(smtp)
}

fn connect(
    at: impl ToSocketAddrs,
    hello: &ClientId,
    tls: Option<&TlsParameters>,
) -> Smtp<SmtpConnection> {
    SmtpConnection::connect(at, Some(PATIENCE), hello, tls, None)
}

fn offer(smtp: &mut SmtpConnection, letter: &Letter) -> Result<(), Fault> {
    let mut parameters = Vec::new();
    let mut addresses = letter
        .envelope
        .from()
        .into_iter()
        .chain(letter.envelope.to());
    if !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Fault::Refused);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let from = letter.envelope.from().cloned();
    // A sender that is not taken is ours to mend: the letter waits.
    smtp.command(Mail::new(from, parameters))
        .map_err(|_| Fault::NotYet)?;
    for reader in letter.envelope.to() {
        let refused = |error: lettre::transport::smtp::Error| match error.is_permanent() {
            true => Fault::Refused,
            false => Fault::NotYet,
        };
        smtp.command(Rcpt::new(reader.clone(), Vec::new()))
            .map_err(refused)?;
    }
    smtp.command(Data).map_err(|_| Fault::NotYet)?;
    Ok(())
}

/// A file named after the letter: written twice it is still one.
fn write(folder: &std::path::Path, letter: &Letter) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let begun = folder.join(format!("{}.part", letter.id));
    // A letter may carry a link: nobody else on the machine reads it.
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&begun)?;
    file.write_all(&letter.bytes)?;
    std::fs::rename(begun, folder.join(format!("{}.eml", letter.id)))
}
