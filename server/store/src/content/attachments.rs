//! Files that belong to rows, kept in the database, so that one backup has everything. They go in and out by links that
//! are signed and end after an hour, because SDKs and pages follow them without saying who they are.

use crate::ground::database::{all, exists, list, one, run, values};
use crate::ground::upsert::Upsert;
use crate::ground::{hexadecimal, signatures, time};
use crate::render::{Attachments, KnownAttachment, attachment_keys};
use crate::{Desk, Error, Result, Store};
use hmac::{Hmac, Mac};
use sea_orm::{ConnectionTrait, FromQueryResult};
use sha2::Sha256;
use shared::attachments::{Attachment, RegisterAttachment, ReportUpload, UploadStatus};
use shared::permissions::Action;
use shared::{Micros, Problem};

/// Bytes of a key, a name or a type at most.
const LONGEST: usize = 1000;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkUse {
    /// Sending the content, once.
    Upload,
    /// Reading it.
    Download,
}

#[derive(FromQueryResult)]
struct Stored {
    key: String,
    filename: String,
    content_type: String,
    status: String,
    error_message: Option<String>,
}

impl Stored {
    fn read(self) -> Result<Attachment> {
        let status = UploadStatus::parse(&self.status).ok_or_else(|| Error::Corrupt(format!("the status of attachment {}", self.key)))?;
        Ok(Attachment {
            key: self.key,
            filename: self.filename,
            content_type: self.content_type,
            status,
            error_message: self.error_message,
        })
    }
}

async fn find(connection: &impl ConnectionTrait, key: &str) -> Result<Attachment> {
    let text = "SELECT key, filename, content_type, status, error_message FROM attachments WHERE key = ?";
    one::<Stored>(connection, text, values![key]).await?.ok_or_else(|| Problem::not_found("attachment with this key"))?.read()
}

/// Refuses who has not registered a file.
async fn require_registrant(connection: &impl ConnectionTrait, key: &str, registrant: &str) -> Result<()> {
    let text = "SELECT 1 FROM attachments WHERE key = ? AND registered_with = ?";
    if exists(connection, text, values![key, registrant]).await? {
        return Ok(());
    }
    let reason = "Another API key or session has registered an attachment under this key. Register yours under a key of its own.";
    Err(Problem::not_yours(reason).into())
}

/// Bytes of the content that are looked at to say what it is.
const HEAD: usize = 64 * 1024;

/// What is known of the attachments that fields name, without all of their content.
pub(crate) async fn known(connection: &impl ConnectionTrait, fields: impl IntoIterator<Item = &str>) -> Result<Attachments> {
    #[derive(FromQueryResult)]
    struct Row {
        key: String,
        content_type: String,
        status: String,
        error_message: Option<String>,
        bytes: Option<i64>,
        head: Option<Vec<u8>>,
    }
    let mut keys: Vec<_> = fields.into_iter().flat_map(attachment_keys).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(Attachments::new());
    }
    let text = format!(
        "SELECT key, content_type, status, error_message, CAST(length(content) AS BIGINT) AS bytes, substr(content, 1, {HEAD}) AS head \
         FROM attachments WHERE key IN ({})",
        list(keys.len())
    );
    let rows = all::<Row>(connection, &text, keys.into_iter().map(Into::into).collect()).await?;
    let read = |row: Row| {
        let status = UploadStatus::parse(&row.status).ok_or_else(|| Error::Corrupt(format!("the status of attachment {}", row.key)))?;
        let known = KnownAttachment {
            content_type: row.content_type,
            status,
            error: row.error_message,
            bytes: row.bytes.map_or(0, i64::unsigned_abs),
            head: row.head.unwrap_or_default(),
        };
        Ok((row.key, known))
    };
    rows.into_iter().map(read).collect()
}

/// The name and the content of an attachment.
///
/// # Errors
/// [`Problem::NotFound`] for an unknown key, or a file that never arrived.
pub(crate) async fn read(connection: &impl ConnectionTrait, key: &str) -> Result<(String, Vec<u8>)> {
    #[derive(FromQueryResult)]
    struct Row {
        filename: String,
        content: Option<Vec<u8>>,
    }
    let row = one::<Row>(connection, "SELECT filename, content FROM attachments WHERE key = ?", values![key]).await?;
    let Row { filename, content } = row.ok_or_else(|| Problem::not_found("attachment with this key"))?;
    Ok((filename, content.ok_or_else(|| Problem::not_found("content of this attachment"))?))
}

impl Desk {
    /// Registers a file and returns the token of the link by which its content is sent. Registering it again is no mistake, with the
    /// same API key or session; nobody else gets the link.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to send traces, [`Problem::Invalid`] for a key or a name that cannot be,
    /// [`Problem::NotYours`] for what somebody else has registered.
    pub async fn register_attachment(&self, command: RegisterAttachment) -> Result<String> {
        self.require(Action::Ingest)?;
        for (field, text) in [("key", &command.key), ("filename", &command.filename), ("content_type", &command.content_type)] {
            if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
                return Err(Problem::invalid(field, format!("Use 1 to {LONGEST} bytes, without control characters.")).into());
            }
        }
        let (person, registrant) = (self.actor.person.id.clone(), self.actor.proof.to_text());
        let token = self.store.link(LinkUse::Upload, &command.key);
        self.store
            .write(move |change| {
                Box::pin(async move {
                    let RegisterAttachment { key, filename, content_type } = command;
                    Upsert::into("attachments")
                        .set("key", key.as_str())
                        .set("filename", filename)
                        .set("content_type", content_type)
                        .set("status", UploadStatus::Uploading.as_str())
                        .set("created_by", person.as_str())
                        .set("registered_with", registrant.as_str())
                        .set("created", change.now)
                        .insert_if_new("key", &change.transaction)
                        .await?;
                    require_registrant(&change.transaction, &key, &registrant).await
                })
            })
            .await?;
        Ok(token)
    }

    /// Notes how an upload ended, as its client says. What is here stays done, whatever is said.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`] for an unknown key, [`Problem::NotYours`] for what somebody else has registered,
    /// [`Problem::Invalid`] if it is said to be done and is not.
    pub async fn report_upload(&self, command: ReportUpload) -> Result<()> {
        self.require(Action::Ingest)?;
        let known = find(self.store.readers(), &command.key).await?;
        require_registrant(self.store.readers(), &command.key, &self.actor.proof.to_text()).await?;
        match (known.status, command.status) {
            (UploadStatus::Done, _) => Ok(()),
            (_, UploadStatus::Done) => {
                Err(Problem::invalid("status", "Nothing was uploaded yet. Send the content to its link first.").into())
            }
            (_, status) => {
                let text = "UPDATE attachments SET status = ?, error_message = ? WHERE key = ? AND content IS NULL";
                let bound = values![status.as_str(), command.error_message, command.key];
                self.store.write(move |change| Box::pin(async move { run(&change.transaction, text, bound).await })).await?;
                Ok(())
            }
        }
    }

    /// What is known of a file, and the token of a link by which it is read.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not read, [`Problem::NotFound`] for an unknown key.
    pub async fn attachment(&self, key: &str) -> Result<(Attachment, String)> {
        self.require(Action::Read)?;
        Ok((find(self.store.readers(), key).await?, self.store.link(LinkUse::Download, key)))
    }
}

impl Store {
    /// Makes sure that a link leads to a file, before anything is read from whoever follows it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a link that is wrong or over.
    pub async fn expects_attachment(&self, token: &str) -> Result<()> {
        find(self.readers(), &self.key_of(LinkUse::Upload, token)?).await.map(|_| ())
    }

    /// Takes the content of a file from whoever has the link.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a link that is wrong or over, [`Problem::Invalid`] if another content is here already.
    pub async fn receive_attachment(&self, token: &str, content: Vec<u8>) -> Result<()> {
        let key = self.key_of(LinkUse::Upload, token)?;
        let stored = self.attachment_content(&key).await?;
        match stored {
            Some(stored) if stored == content => return Ok(()),
            Some(_) => return Err(Problem::invalid("content", "This attachment is here already, and attachments never change.").into()),
            None => {}
        }
        self.write(move |change| {
            Box::pin(async move {
                let text = "UPDATE attachments SET content = ?, status = ?, error_message = NULL WHERE key = ? AND content IS NULL";
                run(&change.transaction, text, values![content, UploadStatus::Done.as_str(), key]).await
            })
        })
        .await?;
        Ok(())
    }

    /// A file with its content, for whoever has the link.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a link that is wrong or over, or a file that never arrived.
    pub async fn read_attachment(&self, token: &str) -> Result<(Attachment, Vec<u8>)> {
        let key = self.key_of(LinkUse::Download, token)?;
        let attachment = find(self.readers(), &key).await?;
        Ok((attachment, read(self.readers(), &key).await?.1))
    }

    async fn attachment_content(&self, key: &str) -> Result<Option<Vec<u8>>> {
        #[derive(FromQueryResult)]
        struct Row {
            content: Option<Vec<u8>>,
        }
        let row = one::<Row>(self.readers(), "SELECT content FROM attachments WHERE key = ?", values![key]).await?;
        Ok(row.ok_or_else(|| Problem::not_found("attachment with this key"))?.content)
    }

    /// The token of a link that works for an hour.
    fn link(&self, what: LinkUse, key: &str) -> String {
        let ends = time::now() + time::HOUR;
        format!(
            "{}.{ends}.{}",
            hexadecimal::write(key.as_bytes()),
            hexadecimal::write(&self.signed(what, key, ends).finalize().into_bytes())
        )
    }

    fn key_of(&self, what: LinkUse, token: &str) -> Result<String> {
        let read = || {
            let mut parts = token.split('.');
            let key = String::from_utf8(hexadecimal::read(parts.next()?)?).ok()?;
            let ends: Micros = parts.next()?.parse().ok()?;
            let signature = hexadecimal::read(parts.next()?)?;
            let holds = parts.next().is_none() && ends > time::now() && self.signed(what, &key, ends).verify_slice(&signature).is_ok();
            holds.then_some(key)
        };
        read().ok_or_else(|| Problem::not_found("attachment under this link").into())
    }

    fn signed(&self, what: LinkUse, key: &str, ends: Micros) -> Hmac<Sha256> {
        signatures::signature(self.secret(), &format!("{what:?} {ends} {key}"))
    }
}
