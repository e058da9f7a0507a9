# One image for all processes; docker-compose.yml says which command each runs.
FROM python:3.11-slim-bookworm AS packages
COPY requirements-prod.lock /
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /requirements-prod.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    STATIC_ROOT=/opt/static \
    RUN_DIR=/var/lib/quanyi
RUN useradd --system --uid 10001 --create-home quanyi && install -d -o quanyi /var/lib/quanyi
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Settings refuse to load without keys and addresses. These are thrown away with the layer's process:
# nothing here connects or encrypts.
RUN set -e; key=$(mktemp); head -c 32 /dev/urandom | base64 > "$key"; \
    export SECRET_KEY_FILE="$key" MASTER_KEY_FILE="$key" \
           DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost; \
    python manage.py compile_messages; \
    python manage.py collectstatic --noinput -v0; \
    rm "$key"
USER quanyi
EXPOSE 8000
