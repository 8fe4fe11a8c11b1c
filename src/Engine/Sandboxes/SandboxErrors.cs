using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Engine.Sandboxes;

/// <summary>What can be wrong with a sandbox, in the words that users see.</summary>
public static class SandboxErrors
{
    public static ApplianceException NotFound(SandboxId id) =>
        new(ErrorKind.NotFound, $"Sandbox with ID '{id}' not found: it never existed, or ended so long ago that it was forgotten.");

    public static ApplianceException NoSuchTask(string task) =>
        new(ErrorKind.NotFound, $"Task '{task}' not found: its container has ended, or never existed.");

    public static ApplianceException Ended(SandboxId id) =>
        new(ErrorKind.FailedPrecondition, $"Sandbox '{id}' has ended: nothing can be done in it any more.");

    public static ApplianceException NameTaken(string name) =>
        new(ErrorKind.AlreadyExists, $"Sandbox with name '{name}' already exists and is running: choose another name, or terminate it.");
}
