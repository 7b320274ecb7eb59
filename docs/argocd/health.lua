-- Health of the kinds of group mattermost.crossplane.io for Argo CD.
local health = {status = "Progressing", message = "waiting for the first conditions"}
if obj.status == nil or obj.status.conditions == nil then
  return health
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end

local function is(kind, status)
  return conditions[kind] ~= nil and conditions[kind].status == status
end

if is("Stalled", "True") then
  health.status, health.message = "Degraded", conditions["Stalled"].message or ""
elseif is("Synced", "False") then
  health.status, health.message = "Degraded", conditions["Synced"].message or ""
elseif obj.status.observedGeneration ~= nil and obj.status.observedGeneration < obj.metadata.generation then
  health.message = "waiting for the spec to be observed"
elseif obj.status.state == "suspended" then
  health.status, health.message = "Suspended", "the schedule is suspended"
elseif is("Reconciling", "True") or not is("Ready", "True") then
  health.message = "in progress"
else
  health.status, health.message = "Healthy", ""
end
return health
