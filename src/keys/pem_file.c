#include "keys/pem_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Writing -------------------------------------------------------------------------------------------------

typedef int write_pem(BIO *bio, void *what);

static int write_key(BIO *bio, void *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

static int write_certificate(BIO *bio, void *certificate) {
    return PEM_write_bio_X509(bio, certificate);
}

static int write_revocations(BIO *bio, void *list) {
    return PEM_write_bio_X509_CRL(bio, list);
}

// Writes to the descriptor, syncs and closes it. Returns false with errno set.
static bool write_to(int descriptor, write_pem *write, void *what) {
    BIO *bio = BIO_new_fd(descriptor, BIO_NOCLOSE);
    errno = 0;
    bool written = bio != NULL && write(bio, what) == 1 && fsync(descriptor) == 0;
    int failure = errno == 0 ? ENOMEM : errno;
    BIO_free(bio);
    close(descriptor);
    ERR_clear_error();
    errno = failure;
    return written;
}

static bool write_file(const char *path, mode_t mode, write_pem *write, void *what, struct error *error) {
    char temporary[PATH_MAX];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    unlink(temporary); // left over from an interrupted run
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0 || fchmod(descriptor, mode) != 0 || !write_to(descriptor, write, what) ||
        rename(temporary, path) != 0) {
        error_set_system(error, errno, "%.150s: cannot be written", path);
        unlink(temporary);
        return false;
    }
    return true;
}

bool pem_write_key(const char *path, EVP_PKEY *key, struct error *error) {
    return write_file(path, 0600, write_key, key, error);
}

bool pem_write_certificate(const char *path, X509 *certificate, struct error *error) {
    return write_file(path, 0644, write_certificate, certificate, error);
}

bool pem_write_revocations(const char *path, X509_CRL *list, struct error *error) {
    return write_file(path, 0644, write_revocations, list, error);
}

// Reading -------------------------------------------------------------------------------------------------

static BIO *open_file(const char *path, struct error *error) {
    BIO *bio = BIO_new_file(path, "r");
    if (bio == NULL) {
        error_set(error, ERROR_BAD_SETTING, "%.150s: %s", path, strerror(errno));
        ERR_clear_error();
    }
    return bio;
}

// Closes the file. If nothing was read, sets `error` to what is wrong with it.
static void finish(BIO *bio, const char *path, const char *what, const void *read, struct error *error) {
    BIO_free(bio);
    if (read == NULL) {
        error_set(error, ERROR_BAD_SETTING, "%.150s: is not a %s in PEM", path, what);
    }
    ERR_clear_error();
}

static char no_password[] = ""; // else what says it is encrypted would have the terminal ask for one

EVP_PKEY *pem_read_key(const char *path, struct error *error) {
    BIO *bio = open_file(path, error);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, no_password);
    if (bio != NULL) {
        finish(bio, path, "key", key, error);
    }
    return key;
}

X509 *pem_read_certificate(const char *path, struct error *error) {
    BIO *bio = open_file(path, error);
    X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, no_password);
    if (bio != NULL) {
        finish(bio, path, "certificate", certificate, error);
    }
    return certificate;
}

X509_CRL *pem_read_revocations(const char *path, struct error *error) {
    BIO *bio = open_file(path, error);
    X509_CRL *list = bio == NULL ? NULL : PEM_read_bio_X509_CRL(bio, NULL, NULL, no_password);
    if (bio != NULL) {
        finish(bio, path, "revocation list", list, error);
    }
    return list;
}
