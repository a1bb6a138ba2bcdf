// Package docs holds the documents of the repository to its code.
package docs
