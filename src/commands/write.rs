//! Writes files completely or not at all.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use tempfile::NamedTempFile;

/// Replaces what a file holds. Its permissions stay, and a link stays a link. `before` is what it must still hold, if that matters.
pub(super) fn replace(path: &Path, before: Option<&str>, text: &str) -> io::Result<()> {
    // A rename would replace the link, not what it names.
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let permissions = fs::metadata(&path)?.permissions();
    let file = written_in(folder, text)?;
    file.as_file().set_permissions(permissions)?;
    if let Some(before) = before
        && fs::read(&path)? != before.as_bytes()
    {
        return Err(io::Error::other("it was changed by somebody else meanwhile"));
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that, if it is new, only the user can read. A link stays a link; what is no plain file, such as a pipe, gets the text.
pub(super) fn private(path: &Path, text: &str) -> io::Result<()> {
    let found = fs::canonicalize(path);
    let path = found.as_deref().unwrap_or(path);
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    written_in(folder, text)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Returns a file that has the text, and no name yet that anybody knows.
fn written_in(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Says why a file cannot be replaced, as far as that can be known before it is tried.
pub(super) fn check(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    Ok(())
}

/// Writes a file that does not exist yet.
pub(super) fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a spec would stand in the way of the next try.
        let _ = fs::remove_file(path);
    }
    written
}

/// Writes a directory of files that does not exist yet.
pub(super) fn create_folder<'f>(
    path: &Path,
    files: impl Iterator<Item = (&'f str, &'f str)>,
) -> io::Result<()> {
    fs::create_dir(path)?;
    let mut files = files;
    let written = files.try_for_each(|(name, text)| create(&path.join(name), text));
    if written.is_err() {
        // It was made here: nothing else is in it.
        let _ = fs::remove_dir_all(path);
    }
    written
}
