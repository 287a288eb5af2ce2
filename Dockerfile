# The service alone: PostgreSQL and Meilisearch are other containers (compose.yaml).
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Before the sources: dependencies change more rarely.
COPY requirements-server.txt ./
RUN pip install --no-deps --require-hashes -r requirements-server.txt
COPY pyproject.toml README.md LICENSE ./
COPY notices notices
COPY search search
COPY migrations migrations
COPY docs/answers.md docs/answer-vectors.json docs/offline-list.md docs/list-vectors.json \
     docs/api-changes.md docs/files.md docs/webhooks.md docs/site.example.toml docs/
RUN pip install --no-deps --no-build-isolation . \
 && pip uninstall --yes setuptools pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="lost-certificate-notices" \
      org.opencontainers.image.licenses="Apache-2.0"
# What the project's own fonts lack on printed notices: rare Han, Hangul, Latin, Arabic, Tibetan …
RUN apt-get update -q \
 && apt-get install -qy --no-install-recommends \
    fonts-babelstone-han fonts-hanazono fonts-noto-cjk fonts-noto-core \
 && rm -rf /var/lib/apt/lists/*
# Keys and the lock are kept in /data; everything else is in the two engines.
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data notices \
 && install -d -o notices -g notices -m 0700 /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA=/data
USER notices
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health/live', timeout=4)"]
CMD ["notices", "serve"]
