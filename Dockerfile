# 收文 as a daemon: the package from its lock, Debian's converters, one unprivileged user, one volume.
#
#   docker build -t shouwen .
#   docker run -d --name shouwen -v shouwen:/data -v ./secret/mailbox-password:/run/secrets/mailbox-password:ro \
#     -e SHOUWEN_SET_MAILBOX__URL=imaps://imap.qq.com -e SHOUWEN_SET_MAILBOX__USER=… \
#     -e SHOUWEN_SET_MAILBOX__PASSWORD_FILE=/run/secrets/mailbox-password shouwen
#
# Or compose.yaml, which takes away what the daemon does not need.
#
# Settings: the environment as above, or /data/shouwen.toml (docker run --rm -v shouwen:/data shouwen init).

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN python -m venv /opt/shouwen \
 && /opt/shouwen/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY pipeline/ pipeline/
COPY rules/ rules/
COPY outputs/ outputs/
COPY tools/verify_log.py tools/verify_log.py
RUN /opt/shouwen/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
# The converters that readers call, and fonts to lay out Chinese with. Debian keeps only the newest version of a package
# in a release, so a pinned one cannot be installed after the next security fix; the release itself is pinned above.
# Bookworm has antiword 0.37, catdoc 0.95, LibreOffice 7.4, libarchive 3.6, tesseract 5.3, unar 1.10.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      antiword \
      ca-certificates \
      catdoc \
      fonts-noto-cjk \
      libarchive-tools \
      libreoffice-writer-nogui \
      tesseract-ocr \
      tesseract-ocr-chi-sim \
      unar \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 shouwen \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin shouwen \
 && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /opt/shouwen /opt/shouwen
ENV PATH=/opt/shouwen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHOUWEN_SET_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
# status exits 2 until the first poll has made the register, hence the start period; then 4, 69 or 75 where something is
# red, which it is 3 missed polls after the mailbox went away.
HEALTHCHECK --interval=1m --timeout=30s --start-period=5m --retries=2 CMD ["shouwen", "status"]
ENTRYPOINT ["shouwen"]
CMD ["run"]
