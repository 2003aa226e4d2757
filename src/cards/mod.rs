//! Contacts as files: what LinkedIn, Google, Outlook and address books write, read row by row and written again.
//!
//! Pure reading and writing: a file is a stream of bytes, a row a list of cells. Nothing here knows the database, and
//! no file is ever held as a whole.

pub mod column;
mod decode;
pub mod format;
mod read;
mod row;
mod table;
mod vcard;
pub mod write;

pub use column::Column;
pub use format::Format;
pub use read::{CELLS_MAX, Fault, Head, ROWS_MAX, Reader, Row, read};
pub use row::to_contact;
pub use write::passed_as_vcard;
