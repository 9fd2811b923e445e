# The site in a container: docs/deploy.md, “Containers”. The file system can be read-only
# but for /data, /backups and /tmp.
ARG SYSTEM=debian:bookworm-slim

FROM $SYSTEM AS system
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates fonts-dejavu-core python3 \
    && rm -rf /var/lib/apt/lists/*

FROM system AS program
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
WORKDIR /srv/hypotweet
# requirements-extras.txt for METRICS, SENTRY_DSN and --scheduler
ARG REQUIREMENTS=requirements.txt
COPY $REQUIREMENTS ./
RUN python3 -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --requirement $REQUIREMENTS \
    && .venv/bin/pip uninstall --yes --quiet pip
COPY . .
RUN SECRET_KEY=building .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m compileall -q -x '\.venv' .

FROM system
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent hypotweet \
    && install -d -o hypotweet -g hypotweet -m 700 /data /backups
COPY --from=program /srv/hypotweet /srv/hypotweet
RUN ln -s /srv/hypotweet/deploy/container/hypotweet /usr/local/bin/
WORKDIR /srv/hypotweet
ENV PATH=/srv/hypotweet/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 \
    INDEX_DIR=/data UPLOAD_DIR=/data/uploads ERASURES_FILE=/data/erasures.jsonl \
    BACKUP_DIR=/backups
USER 10001:10001
VOLUME /data /backups
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s \
    CMD ["python", "deploy/container/ask_readyz.py"]
CMD ["gunicorn", "hypotweet_site.wsgi", "--config", "hypotweet_site/gunicorn.py"]
