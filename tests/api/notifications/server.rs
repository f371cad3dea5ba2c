//! A mail server that takes letters and can be told to fail at each step.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use directory::notifications::mail::{Encryption, Mailer, Relay};

/// What it does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// `MAIL` is answered with 451.
    BusyAtMail,
    /// `RCPT` is answered with 550.
    KnowsNobody,
    /// The connection is cut at `DATA`, before the text.
    CutsBeforeText,
    /// The text is answered with 452.
    FullAfterText,
    /// The text is answered with 554.
    RefusesText,
    /// The text is read, and then the connection is cut.
    CutsAfterText,
}

#[derive(Clone)]
pub struct MailServer {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    letters: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            letters: Arc::default(),
        };
        let same = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let same = same.clone();
                std::thread::spawn(move || same.talk(stream));
            }
        });
        server
    }

    pub fn mailer(&self) -> Mailer {
        let relay = Relay {
            host: "127.0.0.1".into(),
            port: self.port,
            encryption: Encryption::None,
            credentials: None,
        };
        let url = Some("https://told-once.example".to_owned());
        Mailer::relay(relay, "Told Once <told@once.example>", url).unwrap()
    }

    pub fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The texts that came whole, answered or not.
    pub fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut out = stream.try_clone().ok()?;
        let mut lines = BufReader::new(stream).lines();
        let mut say = move |text: &str| write!(out, "{text}\r\n").ok();
        say("220 mail.example")?;
        while let Some(Ok(line)) = lines.next() {
            let mood = *self.mood.lock().unwrap();
            let word = line.split([' ', ':']).next().unwrap_or("").to_uppercase();
            match (word.as_str(), mood) {
                ("EHLO", _) => say("250 mail.example")?,
                ("MAIL", Mood::BusyAtMail) => say("451 busy")?,
                ("RCPT", Mood::KnowsNobody) => say("550 nobody here")?,
                ("DATA", Mood::CutsBeforeText) => return None,
                ("DATA", _) => {
                    say("354 go on")?;
                    let text: Vec<String> = lines
                        .by_ref()
                        .map_while(Result::ok)
                        .take_while(|line| line != ".")
                        .collect();
                    if mood == Mood::FullAfterText {
                        say("452 full")?;
                        continue;
                    }
                    if mood == Mood::RefusesText {
                        say("554 not this")?;
                        continue;
                    }
                    self.letters.lock().unwrap().push(text.join("\n"));
                    if mood == Mood::CutsAfterText {
                        return None;
                    }
                    say("250 taken")?;
                }
                ("QUIT", _) => {
                    say("221 bye")?;
                    return None;
                }
                _ => say("250 ok")?,
            }
        }
        Some(())
    }
}
