# The containers. The program itself is built by script/build.
COMPOSE := $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) \
	-f docker-compose-dev.yaml -p tp0

.PHONY: docker-image docker-compose-up docker-compose-down docker-compose-logs

docker-image:
	docker build --target server -t server:latest .
	docker build --target client -t client:latest .

docker-compose-up: docker-image
	$(COMPOSE) up -d

docker-compose-down:
	$(COMPOSE) stop -t 1
	$(COMPOSE) down

docker-compose-logs:
	$(COMPOSE) logs -f
