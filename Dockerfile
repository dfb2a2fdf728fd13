FROM python:3.13-slim-bookworm AS build

WORKDIR /src
COPY requirements-run.lock ./
RUN python -m venv /opt/okno \
    && /opt/okno/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY . .
RUN /opt/okno/bin/pip install --no-cache-dir --no-deps .


FROM python:3.13-slim-bookworm

# The root file system may be read-only: the database and the files lie in the volume.
RUN groupadd --gid 10001 okno \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/okno okno \
    && install --directory --owner=okno --group=okno --mode=0700 /var/lib/okno
COPY --from=build /opt/okno /opt/okno
ENV PATH=/opt/okno/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OKNO_CONFIG=/etc/okno/okno.toml \
    OKNO_DATABASE__URL=sqlite+aiosqlite:////var/lib/okno/okno.db \
    OKNO_HEALTH__PORT=8080

USER 10001:10001
WORKDIR /var/lib/okno
VOLUME /var/lib/okno
EXPOSE 8080

# Plain Python: loading the program for every check would cost two seconds and 170 MB.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['OKNO_HEALTH__PORT'] + '/healthz', timeout=4)"]

ENTRYPOINT ["okno"]
CMD ["run"]
