# The three steps of a migration, for the clients that the pillar `notesfleet_target` names.
{% set target = salt['pillar.get']('notesfleet_target', '') %}
{% for step, before in [('enable_local_replica', ''), ('switch_server', 'enable_local_replica'), ('update_replicator', 'switch_server')] %}
{{ step }}:
  notesfleet.step:
    - target: {{ target | json }}
{%- if before %}
    - require:
        - notesfleet: {{ before }}
{%- endif %}
{% endfor %}
